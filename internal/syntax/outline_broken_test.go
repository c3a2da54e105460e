package syntax

import (
	"strings"
	"testing"
)

// Text as it is while somebody types, and as other people indent it.
var brokenOutlines = []outlineTest{
	{"a bracket too many", "java", `
class A {
    void f() {
        if (x) }
        }
    }
    void g() {
        }
    }
    int n;
}
class B {}
`, `
		type A 1-1-10
		method A.f 2-2-3
		method A.g 6-6-8
		field A.n 9-9-9
		type B 11-11-11
	`},
	{"a bracket too few", "csharp", `
namespace A
{
    [Serializable
    public class B
    {
        void F()
        {
            if (x) {
        }
		public int N { get; }
    }
    class C {
        int m;
`, `
		module A 1-1-13
		type A.B 4-4-11
		method A.B.F 6-6-9
		field A.B.N 10-10-10
		type A.C 12-12-13
		field A.C.m 13-13-13
	`},
	{"a half of a call", "typescript", `
export class A {
  f() {
    this.g(
  }
  g(a: string,
}
export const b = {
  c: [1,
}
export function d() {}
`, `
		type A 1-1-6
		method A.f 2-2-4
		method A.g 5-5-5
		constant b 7-7-9
		function d 10-10-10
	`},
	{"a half of a definition", "rust", `
pub fn first(a: u8
pub struct S {
    a: u8,
impl S {
    fn x(&self) { match y {
    fn z(&self) {}
}
`, `
		function first 1-1-1
		type S 2-2-3
		field S.a 3-3-3
		extension S 4-4-7
		method S.x 5-5-5
		method S.z 6-6-6
	`},
	{"no end", "ruby", `
class A
  def f
    if x
  def g
  end
end

class B::C < D
  def h
`, `
		type A 1-1-6
		method A.f 2-2-3
		method A.g 4-4-5
		type B.C 8-8-9
		method B.C.h 9-9-9
	`},
	{"no end", "lua", `
local function f(a,
function g()
  if x then
end
function h()
`, `
		function f 1-1-1
		function g 2-2-4
		function h 5-5-5
	`},
	{"a constructor on its own line", "kotlin", "\n" +
		"class `a b`<T>\n@Inject\ninternal constructor(\n  private val c: T,\n) : D {\n  fun `e f`() {}\n}\nclass G\nprivate fun h() = 1\n", `
		type a b 1-5-7
		field a b.c 4-4-4
		method a b.e f 6-6-6
		type G 8-8-8
		function h 9-9-9
	`},
	{"extensions of what has no name", "swift", `
extension [Item] {
    func f() {}
}
`, `
		extension [Item] 1-1-3
		method [Item].f 2-2-2
	`},
	{"a signature too long to be whole", "go", "\npackage p\nfunc f(\n" + strings.Repeat("\ta int,\n", 12) + ") {}\n", `
		function f 2-9-15
	`},
	{"line breaks of two bytes, and a mark", "c", "\n\ufeffint f(int a)\r\n{\r\n}\r\n#define A \\\r\n  1\r\n", `
		function f 1-1-3
		constant A 4-5-5
	`},
	{"text around the code", "php", `
<p>Hello</p>
<?php function f() { ?>
<b>x</b>
<?php } ?>
`, `
		function f 2-2-4
	`},
	{"a line that a machine wrote", "javascript", "\nfunction f(){" + strings.Repeat("a();", 300) + "}\nfunction g() {}\n", `
		function g 2-2-2
	`},
}

func TestOutlineOfBrokenText(t *testing.T) {
	for _, tt := range brokenOutlines {
		tt.run(t)
	}
}

func TestSymbolKindsHaveNames(t *testing.T) {
	for k := Function; k <= Extension; k++ {
		if s := k.String(); s == "" || s == "symbol" {
			t.Errorf("kind %d is written %q", k, s)
		}
	}
}
