package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImports(t *testing.T) {
	tests := []struct {
		language, text, want string // path, then names in brackets; one import a line
	}{
		{"go", "package p\nimport \"fmt\"\nimport (\n\tm \"math\" // c\n\t. \"a/b\"\n\n\t_ \"c\"\n)\nvar x = \"import\"", "fmt []\nmath [m]\na/b [.]\nc [_]"},
		{"go", "package p\nimport (\n\t\"fmt\"\n\t\"os\nfunc f() { x(\"a\") }", "fmt []"},
		{"python", "import os, a.b as c\nfrom . import (\n  x,  # y\n  z as w,\n)\nfrom ..m.n import q\nfrom m import *\n\"import no\"\nif a: import json\nd = {}\nfrom x import \\\n  y, z\nraise E from e\n", "os []\na.b [c]\n. [x z w]\n..m.n [q]\nm [*]\njson []\nx [y z]"},
		{"python", "from a import (b,\nc\ndef f(): pass\nfrom\nimport\n", "a [b c]"},
		{
			"typescript", "import a, { b, type c as d } from './x'\nimport * as ns from \"y\"\nimport type { T } from 'z'\nimport 'side'\nexport { e as f } from './e'\nexport * from './all'\nexport type { G } from 'g'\nimport r = require('r')\nconst { h, i: j } = require('h')\nconst k = await import('k')\nconst lazy = () => import('lazy')\nexport const no = 'no'\nx.require('no')\n// import 'no'",
			"./x [a b c d]\ny [ns]\nz [T]\nside []\n./e [e f]\n./all [*]\ng [G]\nr [r]\nh [h i j]\nk [k]\nlazy [lazy]",
		},
		{"typescript", "import { a,\nexport function f() {}\nimport b from 'b'", "b [b]"},
		{
			"rust", "use std::fmt;\nuse a::{self, b::{c, d as e}, f::*};\npub(crate) use crate::x as y;\nmod m;\nmod n { use super::q; }\nextern crate serde as s;\n#[cfg(test)] use t::u;\n",
			"std::fmt [fmt]\na [a]\na::b::c [c]\na::b::d [d e]\na::f [*]\ncrate::x [x y]\nself::m [m]\nsuper::q [q]\nserde [serde s]\nt::u [u]",
		},
		{"java", "package a;\nimport java.util.List;\nimport static a.B.c;\nimport a.d.*;\nclass X { String s = \"import x.y;\"; }", "java.util.List [List]\na.B.c [c]\na.d [*]"},
		{"kotlin", "package a\nimport a.b.C\nimport a.D as E\nimport a.f.*\nfun g() {}", "a.b.C [C]\na.D [E]\na.f [*]"},
		{"csharp", "using System;\nglobal using A.B;\nusing static A.C;\nusing D = A.E<int>;\nclass F { void G() { using var x = y; using (z) {} } }", "System []\nA.B []\nA.C []\nA.E [D]"},
		{"swift", "import Foundation\n@testable import Shop\nimport class UIKit.UIView\n", "Foundation []\nShop []\nUIKit.UIView [UIView]"},
		{"php", "<?php\nuse A\\B;\nuse A\\{C, D as E};\nuse function A\\f;\nuse G as H, I;\nrequire_once __DIR__ . '/x.php';\n$f = function () use ($y) {};", "A\\B [B]\nA\\C [C]\nA\\D [D E]\nA\\f [f]\nG [G H]\nI [I]\n/x.php []"},
		{"c", "#include <sys/types.h>\n# include \"a.h\" // x\nchar *s = \"#include <no>\";\n#include <half\nint x;\n#include", "sys/types.h []\na.h []"},
		{"ruby", "require 'set'\nrequire_relative \"a/b\"\nautoload :C, 'c'\n# require 'no'\nx.require 'no'\n", "set []\n./a/b []\nc [C]"},
		{"lua", "local a = require('x.a')\nlocal b = require \"x.b\"\nrequire 'c'\n-- require 'no'\n", "x.a [a]\nx.b [b]\nc []"},
		{"shellscript", "source ./a.sh\n. \"$DIR/b.sh\"; . c-d.sh\necho . no\n", "./a.sh []\n$DIR/b.sh []\nc-d.sh []"},
	}
	for _, tt := range tests {
		t.Run(tt.language, func(t *testing.T) {
			var got []string
			for _, i := range ByID(tt.language).Imports(tt.text) {
				got = append(got, fmt.Sprint(i.Path, " ", i.Names))
			}
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), got); diff != "" {
				t.Errorf("imports of\n%s\n(-want +got):\n%s", tt.text, diff)
			}
		})
	}
}
