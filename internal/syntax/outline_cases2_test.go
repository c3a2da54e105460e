package syntax

var outlineTests2 = []outlineTest{
	{"definitions", "java", `
package shop.cart;

import java.util.List;

/** A cart. */
@Service(name = "cart")
public final class Cart<T extends Item> extends Base implements Closeable {
    private static final int LIMIT = 10;
    private final List<T> items = new ArrayList<>();
    protected Map<String, List<T>> byName, other;
    static {
        System.out.println("{");
    }

    public Cart(List<T> items) {
        this.items = items;
    }

    @Override
    public <R extends Number> R total(
            Function<T, R> price,
            int limit) throws IOException {
        Runnable r = () -> { int local = 1; };
        class Local {}
        return null;
    }

    abstract void clear();

    enum State { OPEN, CLOSED("c") { void f() {} }; private int n; State() {} }

    public record Point(int x, List<String> names) implements Shape {
        double norm() { return x; }
    }

    @interface Marked { String value() default ""; }

    interface Visitor
    {
        default void visit(Cart<?> c) {}
        int[] ids();
    }
}
`, `
			type Cart 7-7-43
			constant Cart.LIMIT 8-8-8
			field Cart.items 9-9-9
			field Cart.byName 10-10-10
			field Cart.other 10-10-10
			method Cart.Cart 15-15-17
			method Cart.total 20-22-26
			method Cart.clear 28-28-28
			type Cart.State 30-30-30
			constant Cart.State.OPEN 30-30-30
			constant Cart.State.CLOSED 30-30-30
			field Cart.State.n 30-30-30
			method Cart.State.State 30-30-30
			type Cart.Point 32-32-34
			field Cart.Point.x 32-32-32
			field Cart.Point.names 32-32-32
			method Cart.Point.norm 33-33-33
			type Cart.Marked 36-36-36
			method Cart.Marked.value 36-36-36
			type Cart.Visitor 38-38-42
			method Cart.Visitor.visit 40-40-40
			method Cart.Visitor.ids 41-41-41
		`},
	{"a brace that is not closed", "java", `
class A {
    void f() {
        if (x) {
            g(1,
    public void second(int a) {
        h();
    }
}
class B {
    int n;
    void
`, `
			type A 1-1-8
			method A.f 2-2-4
			method A.second 5-5-7
			type B 9-9-11
			field B.n 10-10-10
		`},
	{"definitions", "cpp", `
#pragma once
#include <vector>
#define LIMIT 10
#define MAX(a, b) \
    ((a) > (b) ? (a) : (b))

namespace shop {
namespace detail { int depth = 0; }

enum class Color : int { Red, Green = 2 };
using Names = std::vector<std::string>;
typedef unsigned long id_t;
class Forward;

template <typename T, typename U = int>
class Cart final : public Base<T> {
public:
    explicit Cart(int n) : n_(n), m_{2} {}
    virtual ~Cart() = default;
    Cart& operator=(const Cart& other) = delete;
    bool operator()(int a) const { return a; }
    [[nodiscard]] std::vector<T> items(
        const T& first,
        int n) const noexcept override;
    static constexpr int kMax = 3;
private:
    int n_ = 0, m_;
    std::map<std::string, T> by_name_;
    void (*callback_)(int);
    struct Inner { int x; };
    friend class Other;
};

template <class T>
void Cart<T>::clear() {
    int local = 1;
}

shop::Cart<int>::~Cart() {}

static inline const char *name(void)
{
    return "{";
}

std::string shop::join(const Names& names) {
    return "";
}
} // namespace shop
namespace {
int hidden(int a) { return a; }
}
`, `
			constant LIMIT 3-3-3
			macro MAX 4-5-5
			module shop 7-7-49
			module shop.detail 8-8-8
			variable shop.detail.depth 8-8-8
			type shop.Color 10-10-10
			constant shop.Color.Red 10-10-10
			constant shop.Color.Green 10-10-10
			type shop.Names 11-11-11
			type shop.id_t 12-12-12
			type shop.Cart 15-16-32
			method shop.Cart.Cart 18-18-18
			method shop.Cart.~Cart 19-19-19
			method shop.Cart.operator= 20-20-20
			method shop.Cart.operator() 21-21-21
			method shop.Cart.items 22-24-24
			constant shop.Cart.kMax 25-25-25
			field shop.Cart.n_ 27-27-27
			field shop.Cart.by_name_ 28-28-28
			field shop.Cart.callback_ 29-29-29
			type shop.Cart.Inner 30-30-30
			field shop.Cart.Inner.x 30-30-30
			method shop.Cart.clear 34-35-37
			method shop.Cart.~Cart 39-39-39
			function shop.name 41-41-44
			function shop.join 46-46-48
			function hidden 51-51-51
		`},
	{"definitions and conditions", "c", `
#ifdef A
static int open_it(int a) {
#else
static int open_it(void) {
#endif
    return 1;
}

typedef struct {
    int width;
    const char *name;
} box_t;

typedef struct node {
    struct node *next;
    union { int i; float f; } value;
} node;

typedef int (*compare_fn)(const void *, const void *);

enum level { LOW, HIGH = 2, };

extern int verbose;
static const char *const names[] = {
    "a", "b",
};
struct box *box_new(int w, int h);
struct node head = { 0 };

struct box *
box_new(int w,
        int h)
{
    MACRO(x);
out:
    return 0;
}

int main(int argc, char **argv) {
    if (argc {

void after(void) {
}
`, `
			function open_it 2-2-2
			function open_it 4-4-7
			type box_t 9-9-12
			type node 14-14-17
			field node.next 15-15-15
			field node.i 16-16-16
			field node.f 16-16-16
			type compare_fn 19-19-19
			type level 21-21-21
			constant level.LOW 21-21-21
			constant level.HIGH 21-21-21
			variable verbose 23-23-23
			constant names 24-24-26
			function box_new 27-27-27
			variable head 28-28-28
			function box_new 30-32-37
			function main 39-39-40
			function after 42-42-43
		`},
	{"definitions", "csharp", `
using System;
namespace Shop.Cart
{
    #region types
    [Serializable]
    public sealed partial class Cart<T> : Base, IDisposable where T : new()
    {
        public const int Limit = 10;
        private readonly List<T> _items = new() { };
        public string Name { get; set; } = "x";
        public int Count => _items.Count;
        public T this[int i]
        {
            get { return _items[i]; }
        }
        public event EventHandler<int> Changed;

        public Cart(List<T> items) : base(items)
        {
        }

        [Obsolete("x")]
        public async Task<R> TotalAsync<R>(
            Func<T, R> price,
            int limit = 3) where R : struct
        {
            var local = 1;
            return default;
        }
        public static bool operator ==(Cart<T> a, Cart<T> b) => true;
        void IDisposable.Dispose() { }
    }
    public record struct Point(int X, int Y);
    public enum State { Open = 1, Closed }
    public interface IStore { Task Save(Cart cart); string Name { get; } }
    public delegate void Handler(object sender, int e);
    #endregion
}
`, `
			module Shop.Cart 2-2-38
			type Shop.Cart.Cart 6-6-32
			constant Shop.Cart.Cart.Limit 8-8-8
			field Shop.Cart.Cart._items 9-9-9
			field Shop.Cart.Cart.Name 10-10-10
			field Shop.Cart.Cart.Count 11-11-11
			field Shop.Cart.Cart.this 12-12-15
			field Shop.Cart.Cart.Changed 16-16-16
			method Shop.Cart.Cart.Cart 18-18-20
			method Shop.Cart.Cart.TotalAsync 23-25-29
			method Shop.Cart.Cart.operator == 30-30-30
			method Shop.Cart.Cart.Dispose 31-31-31
			type Shop.Cart.Point 33-33-33
			field Shop.Cart.Point.X 33-33-33
			field Shop.Cart.Point.Y 33-33-33
			type Shop.Cart.State 34-34-34
			constant Shop.Cart.State.Open 34-34-34
			constant Shop.Cart.State.Closed 34-34-34
			type Shop.Cart.IStore 35-35-35
			method Shop.Cart.IStore.Save 35-35-35
			field Shop.Cart.IStore.Name 35-35-35
			function Shop.Cart.Handler 36-36-36
		`},
}
