package syntax

var outlineTests3 = []outlineTest{
	{"definitions", "php", `
<?php

declare(strict_types=1);

namespace Shop\Cart;

use Shop\Item;

const LIMIT = 10;

#[Entity(name: 'cart')]
final class Cart extends Base implements Countable
{
    use Loggable;

    public const string NAME = 'cart';
    private static ?int $count = null;
    protected array $items = [];

    public function __construct(
        private readonly Store $store,
        protected ?string $name = null,
        int $plain = 0,
    ) {
        $this->items = ['{'];
    }

    abstract protected function load(int $id): ?Item;

    public static function &make(array $x): static
    {
        $f = function () { return 1; };
        return new class { function hidden() {} };
    }
}

enum Suit: string {
    case Hearts = 'H';
    case Spades = 'S';
    public function label(): string { return ''; }
}

if (!function_exists('helper')) {
    function helper(string ...$a) { }
}
`, `
			module Shop\Cart 5-5-5
			constant LIMIT 9-9-9
			type Cart 12-12-35
			constant Cart.NAME 16-16-16
			field Cart.$count 17-17-17
			field Cart.$items 18-18-18
			method Cart.__construct 20-24-26
			field Cart.$store 21-21-21
			field Cart.$name 22-22-22
			method Cart.load 28-28-28
			method Cart.make 30-30-34
			type Suit 37-37-41
			constant Suit.Hearts 38-38-38
			constant Suit.Spades 39-39-39
			method Suit.label 40-40-40
			function helper 44-44-44
		`},
	{"definitions", "kotlin", `
@file:JvmName("Carts")
package shop

import shop.items.Item

const val LIMIT = 10
val List<Item>.total: Int
    get() = sumOf { it.price }

data class Point<T : Number>(
    val x: T,
    private var y: Int = 0,
    plain: String,
) : Shape(), Serializable {
    init {
        println("{")
    }
    lateinit var name: String
    val size: Int by lazy { 1 }
    constructor(a: Int) : this(a, 0, "")

    override fun <R> area(
        scale: R,
    ): Double where R : Number {
        fun local() {}
        val hidden = 1
        return 0.0
    }

    companion object {
        @JvmStatic fun of(x: Int) = Point(x)
        private const val KEY = "k"
    }
}

sealed interface Result
object Nothing : Result
enum class State(val code: Int) { OPEN(1), CLOSED(2) { override fun f() {} }; fun next(): State = OPEN }
fun interface Visitor { fun visit(p: Point) }
typealias Names = Map<String, List<String>>
suspend inline fun <reified T> Cart.load(id: Int): T? =
    null
private fun String?.orNone(): String = this ?: "none"
abstract class Base
fun last() = 1
`, `
			constant LIMIT 6-6-6
			field List.total 7-7-7
			type Point 10-14-34
			field Point.x 11-11-11
			field Point.y 12-12-12
			field Point.name 18-18-18
			field Point.size 19-19-19
			method Point.constructor 20-20-20
			method Point.area 22-24-28
			method Point.of 31-31-31
			constant Point.KEY 32-32-32
			type Result 36-36-36
			type Nothing 37-37-37
			type State 38-38-38
			field State.code 38-38-38
			constant State.OPEN 38-38-38
			constant State.CLOSED 38-38-38
			method State.next 38-38-38
			type Visitor 39-39-39
			method Visitor.visit 39-39-39
			type Names 40-40-40
			method Cart.load 41-41-42
			method String.orNone 43-43-43
			type Base 44-44-44
			function last 45-45-45
		`},
	{"definitions", "swift", `
import Foundation
@_exported import struct UIKit.CGRect

public let limit = 10
private var cache: [String: Int] = [:]

@available(iOS 13, *)
public final class Cart<T: Item>: Base, Codable where T: Equatable {
    public private(set) var items: [T] = []
    static let shared = Cart()
    var total: Int { items.count }
    weak var owner: Owner?
    @Published var name = "x" {
        didSet { print("{") }
    }

    public required init?(
        items: [T],
        name: String = ""
    ) throws {
        let local = 1
    }

    deinit { }

    class func make<R>(_ a: R) async throws -> Cart where R: Item {
        func inner() {}
        return Cart()
    }
    subscript(i: Int) -> T { items[i] }
    static func == (a: Cart, b: Cart) -> Bool { true }
    #if DEBUG
    func debug() {}
    #endif
}

indirect enum Shape {
    case dot, line(Int, Int)
    case box(w: Int)
    var area: Int { switch self { case .dot: return 0 } }
}

protocol Store: AnyObject {
    associatedtype Key
    var count: Int { get }
    func load(_ key: Key) -> Int
    func save()
}

extension Array: Store where Element == Int {
    func sum() -> Int { reduce(0, +) }
}
typealias Handler = (Int) -> Void
`, `
			variable limit 4-4-4
			variable cache 5-5-5
			type Cart 8-8-35
			field Cart.items 9-9-9
			field Cart.shared 10-10-10
			field Cart.total 11-11-11
			field Cart.owner 12-12-12
			field Cart.name 13-13-15
			method Cart.init 17-20-22
			method Cart.make 26-26-29
			method Cart.subscript 30-30-30
			method Cart.== 31-31-31
			method Cart.debug 33-33-33
			type Shape 37-37-41
			constant Shape.dot 38-38-38
			constant Shape.line 38-38-38
			constant Shape.box 39-39-39
			field Shape.area 40-40-40
			type Store 43-43-48
			type Store.Key 44-44-44
			field Store.count 45-45-45
			method Store.load 46-46-46
			method Store.save 47-47-47
			extension Array 50-50-52
			method Array.sum 51-51-51
			type Handler 53-53-53
		`},
	{"definitions", "ruby", `
require 'set'

module Shop
  LIMIT = 10

  # A cart
  class Cart < Base
    include Enumerable
    attr_accessor :name, :size
    attr_reader :items

    Point = Struct.new(:x, :y) do
      def norm; x; end
    end

    class << self
      def make(a,
               b = 1)
        new
      end
    end

    def initialize(items)
      @items = items
    rescue Error
      nil
    ensure
      done
    end

    def self.load(id) = new(id)

    def empty? = true
    def name=(v)
      @name = v
    end
    def ==(other)
      x = <<~END
        def not_this
        end
      END
      items.each { |i| i }
    end
    def [](i); items[i]; end

    private

    private def secret
      if x
        1
      end
    end
  end

  class Error < StandardError; end
end

def helper(a) 
  a
end
`, `
			module Shop 3-3-56
			constant Shop.LIMIT 4-4-4
			type Shop.Cart 7-7-53
			field Shop.Cart.name 9-9-9
			field Shop.Cart.size 9-9-9
			field Shop.Cart.items 10-10-10
			type Shop.Cart.Point 12-12-14
			method Shop.Cart.Point.norm 13-13-13
			method Shop.Cart.make 17-18-20
			method Shop.Cart.initialize 23-23-29
			method Shop.Cart.load 31-31-31
			method Shop.Cart.empty? 33-33-33
			method Shop.Cart.name= 34-34-36
			method Shop.Cart.== 37-37-43
			method Shop.Cart.[] 44-44-44
			method Shop.Cart.secret 48-48-52
			type Shop.Error 55-55-55
			function helper 58-58-60
		`},
	{"definitions", "lua", `
local M = {}
local util, other = require 'util', 2
M.limit = 10
LIMIT = 5
local fast <const> = true

--- Adds.
local function add(a,
                   b)
  local x = 1
  local function inner() end
  return a + b
end

function M.total(items)
  if items then
    return 1
  else
    return 2
  end
end

function M.Cart:add(item) self.n = item end

M.load = function(id)
  return id
end

if M then
  function M.late() return end
end

local config = {
  a = function() end,
}

return M
`, `
			variable M 1-1-1
			variable util 2-2-2
			variable other 2-2-2
			field M.limit 3-3-3
			constant LIMIT 4-4-4
			variable fast 5-5-5
			function add 8-9-13
			function M.total 15-15-21
			method M.Cart.add 23-23-23
			function M.load 25-25-27
			function M.late 30-30-30
			variable config 33-33-35
		`},
	{"definitions", "shellscript", `
#!/bin/sh
set -e
LIMIT=10
readonly NAME="x"
export PATH="$PATH:/bin"
declare -a items=(1
  2)

. ./lib.sh

usage() {
  cat <<EOF2
not_this() {
EOF2
  local x=1
  INNER=2
  if true; then
    echo "${x}"
  fi
}

function build-all {
  usage
}

function deploy() { build-all; }

clean ()
{
  rm -rf x
}
main "$@"
`, `
			variable LIMIT 3-3-3
			constant NAME 4-4-4
			variable PATH 5-5-5
			variable items 6-6-7
			function usage 11-11-20
			function build-all 22-22-24
			function deploy 26-26-26
			function clean 28-28-31
		`},
}
