package syntax

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// outlineGo lets the Go parser tell. Where it finds errors, what the tables
// find at the same place goes before it, because a bracket that is missing
// makes it take functions for a part of others.
func (l *Language) outlineGo(text string, g *grammar) []Symbol {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution|parser.AllErrors)
	var found []Symbol
	if file != nil {
		o := goOutline{lines: lines{text: text}, file: set.File(file.FileStart)}
		o.decls(file.Decls)
		found = o.out
	}
	if err == nil {
		return found
	}
	return merge(l.outlineStatements(text, g), found)
}

// merge adds to a what b has besides, in order.
func merge(a, b []Symbol) []Symbol {
	known := make(map[Symbol]bool, len(a))
	key := func(s Symbol) Symbol { return Symbol{Name: s.Name, From: s.From} }
	for _, s := range a {
		known[key(s)] = true
	}
	for _, s := range b {
		if !known[key(s)] {
			a = append(a, s)
		}
	}
	slices.SortStableFunc(a, func(x, y Symbol) int { return cmp.Compare(x.From, y.From) })
	return a
}

// A goOutline collects the symbols of one parsed file.
type goOutline struct {
	lines lines
	file  *token.File
	out   []Symbol
}

func (o *goOutline) decls(decls []ast.Decl) {
	for _, d := range decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			kind, scope := Function, ""
			if d.Recv != nil && len(d.Recv.List) > 0 {
				kind, scope = Method, baseName(d.Recv.List[0].Type)
			}
			to := d.Type.End()
			if d.Body != nil {
				to = d.Body.Lbrace
			}
			o.add(kind, d.Name, scope, d.Pos(), to, d.End())
		case *ast.GenDecl:
			for _, s := range d.Specs {
				from := s.Pos()
				if !d.Lparen.IsValid() {
					from = d.Pos()
				}
				switch s := s.(type) {
				case *ast.TypeSpec:
					o.typeSpec(s, from)
				case *ast.ValueSpec:
					kind, to := Variable, s.End()
					if d.Tok == token.CONST {
						kind = Constant
					}
					if len(s.Values) > 0 {
						to = s.Values[0].Pos()
					}
					for _, n := range s.Names {
						o.add(kind, n, "", from, to, s.End())
					}
				}
			}
		}
	}
}

func (o *goOutline) typeSpec(s *ast.TypeSpec, from token.Pos) {
	to := s.End()
	var list *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.StructType:
		list, to = t.Fields, t.Fields.Opening
	case *ast.InterfaceType:
		list, to = t.Methods, t.Methods.Opening
	}
	o.add(Type, s.Name, "", from, to, s.End())
	o.fields(list, s.Name.Name)
}

// fields adds the fields of a struct or the methods of an interface; the
// fields of a struct in it have its name in their scope.
func (o *goOutline) fields(list *ast.FieldList, scope string) {
	if list == nil || len(scope) > maxSignature {
		return
	}
	for _, f := range list.List {
		kind, to := Field, f.Type.End()
		if t, ok := f.Type.(*ast.FuncType); ok && !t.Func.IsValid() {
			kind = Method // of an interface: it has no "func"
		}
		inner, _ := f.Type.(*ast.StructType)
		if inner != nil {
			to = inner.Fields.Opening
		}
		for _, n := range f.Names {
			o.add(kind, n, scope, f.Pos(), to, f.End())
			if inner != nil {
				o.fields(inner.Fields, within(scope, n.Name))
			}
		}
		if len(f.Names) == 0 { // embedded
			if name := baseIdent(f.Type); name != nil {
				o.add(Field, name, scope, f.Pos(), to, f.End())
			}
		}
	}
}

func (o *goOutline) add(kind SymbolKind, name *ast.Ident, scope string, from, to, end token.Pos) {
	if name == nil || name.Name == "_" || name.Name == "" {
		return
	}
	size := len(o.lines.text)
	at := func(p token.Pos) int { return min(max(o.file.Offset(p), 0), size) }
	start := o.lines.start(at(from))
	sig, ok := o.lines.signature(start, at(to))
	if !ok {
		return
	}
	o.out = append(o.out, Symbol{Kind: kind, Name: name.Name, Scope: scope, From: start, To: sig, End: max(sig, o.lines.end(at(end)))})
}

// baseIdent returns the name of the type that e is, points to or instantiates.
func baseIdent(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.SelectorExpr:
			return x.Sel
		default:
			return nil
		}
	}
}

func baseName(e ast.Expr) string {
	if id := baseIdent(e); id != nil {
		return id.Name
	}
	return ""
}
