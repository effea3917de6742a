package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
)

// mutant is a source with one change.
type mutant struct {
	file   string
	line   int
	change string
	source []byte
}

func (m mutant) String() string { return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.change) }

// operators are what each operator becomes.
var operators = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.ADD, token.QUO: token.MUL, token.REM: token.MUL,
}

// mutants lists every change of a file: operators, conditions, numbers, truths, and statements left out.
func mutants(file string) ([]mutant, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []mutant
	replace := func(from, to token.Pos, text, change string) {
		a, b := set.Position(from), set.Position(to)
		found = append(found, mutant{
			file: file, line: a.Line, change: change,
			source: slices.Concat(source[:a.Offset], []byte(text), source[b.Offset:]),
		})
	}
	text := func(n ast.Node) string {
		return string(source[set.Position(n.Pos()).Offset:set.Position(n.End()).Offset])
	}
	short := func(n ast.Node) string { return fmt.Sprintf("%.60q", text(n)) }
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if to, ok := operators[n.Op]; ok {
				replace(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to.String(),
					fmt.Sprintf("%s for %s in %s", to, n.Op, short(n)))
			}
		case *ast.IfStmt:
			replace(n.Cond.Pos(), n.Cond.End(), "!("+text(n.Cond)+")", "not "+short(n.Cond))
		case *ast.BasicLit:
			if value, err := strconv.Atoi(n.Value); n.Kind == token.INT && err == nil {
				replace(n.Pos(), n.End(), strconv.Itoa(value+1), fmt.Sprintf("%d for %d", value+1, value))
			}
		case *ast.Ident:
			if to, ok := map[string]string{"true": "false", "false": "true"}[n.Name]; ok {
				replace(n.Pos(), n.End(), to, to+" for "+n.Name)
			}
		case *ast.ExprStmt:
			replace(n.Pos(), n.End(), "", "without "+short(n))
		case *ast.IncDecStmt:
			replace(n.Pos(), n.End(), "", "without "+short(n))
		case *ast.BranchStmt:
			if n.Label == nil && n.Tok == token.CONTINUE {
				replace(n.Pos(), n.End(), "break", "break for continue")
			}
		}
		return true
	})
	return found, nil
}
