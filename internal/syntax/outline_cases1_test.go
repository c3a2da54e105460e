package syntax

var outlineTests1 = []outlineTest{
	{"definitions", "go", `
package shop

import "fmt"

// A Cart holds items.
type Cart struct {
	Items []Item ` + "`json:\"items\"`" + `
	total struct {
		net, gross int
	}
	*Owner
}

type Store[K comparable] interface {
	Load(
		key K,
	) (Cart, error)
	fmt.Stringer
}

type ID = string

const (
	Small = iota
	Large
)

var ErrEmpty = errors.New(
	"empty",
)

func (c *Cart) Add(
	item Item,
) error {
	const local = 1
	f := func() {}
	return nil
}

func (s List[K]) Len() int { return len(s) }

func New() *Cart { return &Cart{} }
`, `
			type Cart 6-6-12
			field Cart.Items 7-7-7
			field Cart.total 8-8-10
			field Cart.total.net 9-9-9
			field Cart.total.gross 9-9-9
			field Cart.Owner 11-11-11
			type Store 14-14-19
			method Store.Load 15-17-17
			field Store.Stringer 18-18-18
			type ID 21-21-21
			constant Small 24-24-24
			constant Large 25-25-25
			variable ErrEmpty 28-28-30
			method Cart.Add 32-34-38
			method List.Len 40-40-40
			function New 42-42-42
		`},
	{"a function that lacks its end", "go", `
package shop

func first() {
	if x {
		y(

func second(a int) error {
	return nil
}

type T struct {
	A int
`, `
			function first 3-3-5
			function second 7-7-9
			type T 11-11-12
			field T.A 12-12-12
		`},
	{"definitions", "python", `
"""class Not: here"""
import os

LIMIT = 10
_cache: dict[str, int] = {
    "a": 1,
}
a, b = 1, 2

@dataclass(frozen=True)
class Point(Base, metaclass=Meta):
    """A point."""
    x: int = 0
    y: int
    ORIGIN = None

    def __init__(self, name):
        self.name = name
        self.name = name.strip()
        self.size: int = 0
        local = 1

    @property
    async def norm(
        self,
        p: int = 2,
    ) -> float:
        def inner():
            return 1

        return inner()


if LIMIT:
    def maybe(): return 1
else:
    maybe = None

# the end
`, `
			constant LIMIT 4-4-4
			variable _cache 5-5-7
			variable a 8-8-8
			variable b 8-8-8
			type Point 11-11-31
			field Point.x 13-13-13
			field Point.y 14-14-14
			field Point.ORIGIN 15-15-15
			method Point.__init__ 17-17-21
			field Point.name 18-18-18
			field Point.size 20-20-20
			method Point.norm 24-27-31
			function Point.norm.inner 28-28-29
			function maybe 35-35-35
			variable maybe 37-37-37
		`},
	{"a bracket that is not closed", "python", `
class A:
    def f(self):
        x = call(1,

    def g(self, a,
def h():
    pass
`, `
			type A 1-1-5
			method A.f 2-2-3
			method A.g 5-5-5
			function h 6-6-7
		`},
	{"definitions", "typescript", `
import { z } from 'zod'
export const LIMIT = 10, other = 2
export const { a, b: c, ...rest } = load()
export const add = async (
  x: number,
  y: number,
): Promise<number> => {
  const local = 1
  return x + y
}
const table: Record<string, { n: number }> = {
  a: { n: 1 },
}
export default function () {}
function* walk<T extends { id: string }>(t: T): { done: boolean } {
  function inner() {}
}
@Injectable({ x: 1 })
export abstract class Store<T = {}> extends Base<T> implements A, B {
  static #count = 0
  private readonly items: T[] = []
  type?: string
  constructor(private db: Db) { super() }
  get size(): number { return 1 }
  onClick = (e: Event) => {
    x()
  }
  async load?(id: string): Promise<T>
  abstract find(q: Query): T;
}
export interface Options {
  name: string; size?: number
  run(a: string): void
  'quoted-key': { a: 1 }
  [key: string]: unknown
}
export type Shape =
  | { kind: 'a' }
  | { kind: 'b' }
type Props = {
  id: string,
  onDone: (ok: boolean) => void,
} & Base
export const enum Color { Red = 'red', Green }
declare namespace App.Inner {
  const version: string
}
module.exports.run = function (a) {}
Store.prototype.drop = function () {}
`, `
			constant LIMIT 2-2-2
			constant a 3-3-3
			constant c 3-3-3
			constant rest 3-3-3
			function add 4-7-10
			constant table 11-11-13
			function default 14-14-14
			function walk 15-15-17
			type Store 19-19-30
			field Store.#count 20-20-20
			field Store.items 21-21-21
			field Store.type 22-22-22
			method Store.constructor 23-23-23
			field Store.db 23-23-23
			method Store.size 24-24-24
			method Store.onClick 25-25-27
			method Store.load 28-28-28
			method Store.find 29-29-29
			type Options 31-31-36
			field Options.name 32-32-32
			field Options.size 32-32-32
			method Options.run 33-33-33
			field Options.quoted-key 34-34-34
			type Shape 37-39-39
			type Props 40-40-43
			field Props.id 41-41-41
			field Props.onDone 42-42-42
			type Color 44-44-44
			constant Color.Red 44-44-44
			constant Color.Green 44-44-44
			module App.Inner 45-45-47
			constant App.Inner.version 46-46-46
			function run 48-48-48
			method Store.drop 49-49-49
		`},
	{"definitions", "rust", `
//! fn not() {}
use std::{fmt, io};
pub const LIMIT: usize = 10;
static mut COUNT: u32 = 0;
#[derive(Debug)]
pub struct Point<'a, T: Into<f64>> {
    pub x: HashMap<T, u8>,
    #[serde(skip)]
    pub(crate) y: &'a str,
}
pub struct Id(pub u32);
enum Shape { Dot, Line(f64, f64), Box { w: f64 } }
pub trait Area: Send {
    const SIDES: u32;
    type Out;
    fn area(&self) -> f64;
    fn twice(&self) -> f64 { self.area() * 2.0 }
}
impl<'a, T> fmt::Display for Point<'a, T>
where
    T: Into<f64>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = "}";
        fn inner() {}
    }
}
pub(crate) async unsafe fn run<F>(
    f: F,
) -> Result<(), Error>
where
    F: Iterator<Item = u8>,
{
}
macro_rules! sum {
    ($a:expr) => { $a };
}
mod tests {
    fn one() {}
}
mod other;
extern "C" {
    fn abs(x: i32) -> i32;
}
`, `
			constant LIMIT 3-3-3
			variable COUNT 4-4-4
			type Point 6-6-10
			field Point.x 7-7-7
			field Point.y 9-9-9
			type Id 11-11-11
			type Shape 12-12-12
			constant Shape.Dot 12-12-12
			constant Shape.Line 12-12-12
			constant Shape.Box 12-12-12
			type Area 13-13-18
			constant Area.SIDES 14-14-14
			type Area.Out 15-15-15
			method Area.area 16-16-16
			method Area.twice 17-17-17
			extension Point 19-21-27
			method Point.fmt 23-23-26
			function run 28-32-34
			macro sum 35-35-37
			module tests 38-38-40
			function tests.one 39-39-39
			module other 41-41-41
			function abs 43-43-43
		`},
}
