package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// asked is where the address is what the user asks for; 127.0.0.1 where nobody asks.
const asked = "lambda/serve.go"

// Nothing listens but on 127.0.0.1, and what waits for an answer waits with a limit.
func TestNetwork(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	listeners := 0
	for path, file := range sources(t, files) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				listens, local := listening(n)
				if listens {
					listeners++
				}
				if listens && !local && path != asked {
					t.Errorf("%s: listen on the literal \"127.0.0.1:…\"", files.Position(n.Pos()))
				}
			case *ast.CompositeLit:
				for _, member := range missing(n) {
					if !strings.HasSuffix(path, "_test.go") {
						t.Errorf("%s: a %s has no limit; set %s", files.Position(n.Pos()), name(n.Type), member)
					}
				}
			}
			return true
		})
	}
	if listeners < 3 {
		t.Errorf("found %d listeners only", listeners)
	}
}

// listening tells whether a call opens a listener, and whether it does on a literal loopback address.
func listening(call *ast.CallExpr) (listens, local bool) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{
		"Listen", "ListenPacket", "ListenTCP", "ListenUDP", "ListenUnix", "ListenAndServe", "ListenAndServeTLS",
	}, selector.Sel.Name) {
		return false, false
	}
	for _, arg := range call.Args {
		text, ok := arg.(*ast.BasicLit)
		local = local || ok && strings.HasPrefix(text.Value, `"127.0.0.1:`)
	}
	return true, local
}

// limits are the members without which the values of a type wait for ever.
var limits = map[string]string{"http.Client": "Timeout", "http.Server": "ReadHeaderTimeout"}

func missing(literal *ast.CompositeLit) []string {
	member, ok := limits[name(literal.Type)]
	if !ok {
		return nil
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok && pair.Key.(*ast.Ident).Name == member {
			return nil
		}
	}
	return []string{member}
}

// name returns a type of another package as it is written: http.Client.
func name(expr ast.Expr) string {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return pkg.Name + "." + selector.Sel.Name
}

// sources parses every Go file of the module, and of the tools, by its path from the root.
func sources(t *testing.T, files *token.FileSet) map[string]*ast.File {
	t.Helper()
	root := acctest.Root(t)
	parsed := map[string]*ast.File{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && path != root
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (hidden || entry.Name() == "node_modules" || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		short, err := filepath.Rel(root, path)
		parsed[filepath.ToSlash(short)] = file
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestNetwork_finds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`net.Listen("tcp", ":0")`: "listens", `net.Listen("tcp", "127.0.0.1:0")`: "", `x.ListenAndServe()`: "listens",
		`http.Client{}`: "Timeout", `http.Client{Timeout: 1}`: "", `http.Server{Addr: a}`: "ReadHeaderTimeout",
	} {
		expr, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		switch n := expr.(type) {
		case *ast.CallExpr:
			if listens, local := listening(n); listens && !local {
				got = "listens"
			}
		case *ast.CompositeLit:
			got = strings.Join(missing(n), "")
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
