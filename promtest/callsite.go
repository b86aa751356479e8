package promtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const module = "github.com/prom-go/prom"

// ours are the packages of the library that run between a program and its statements, by their folders.
var ours = []string{"", "/audit", "/conn", "/outbox", "/promtest", "/query", "/internal/core", "/internal/db",
	"/internal/db/driver", "/internal/db/postgres", "/internal/db/sqlite", "/internal/filter", "/internal/install"}

// standard is the folder of the standard library's source, which stands between a program and what it is called by; ""
// in a binary without folders (-trimpath).
var standard = func() string {
	f := runtime.FuncForPC(reflect.ValueOf(strings.Cut).Pointer())
	file, _ := f.FileLine(f.Entry())
	folder, _ := strings.CutSuffix(file, "strings/strings.go")
	return folder
}()

// through are packages of the standard library that call what they are given.
var through = []string{"context", "database/sql", "iter", "maps", "net/http", "reflect", "runtime", "slices", "sort",
	"sync", "testing"}

func isStandard(pkg, file string) bool {
	return standard != "" && strings.HasPrefix(file, standard) || slices.Contains(through, pkg)
}

// frame is a call in the code of a program.
type frame struct {
	function string // with its package
	file     string
	line     int
}

// String returns the file's name and the line, as in a stack, without the folders that all files share.
func (f frame) String() string {
	if f.file == "" {
		return "code that is not the program's"
	}
	return path.Base(strings.ReplaceAll(f.file, `\`, "/")) + ":" + strconv.Itoa(f.line)
}

// stack is the way from a program to a statement.
type stack struct {
	frames []frame // of the program, the innermost first
	call   string  // the function of package prom that the innermost one has called, such as GetOrCreate
	cut    bool    // frames were left out
}

// at returns the innermost frame.
func (s stack) at() frame {
	if len(s.frames) == 0 {
		return frame{}
	}
	return s.frames[0]
}

// key tells stacks apart.
func (s stack) key() string {
	var b strings.Builder
	for _, f := range s.frames {
		b.WriteString(f.file)
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(f.line))
		b.WriteByte('\n')
	}
	return b.String()
}

// below returns the stack without the frames of a function, its closures, and what has called it. A stack that does not
// have it is of another goroutine, and remains.
func (s stack) below(function string) stack {
	for i, f := range s.frames {
		if f.function == function || strings.HasPrefix(f.function, function+".func") {
			s.frames, s.cut = s.frames[:i], true
			break
		}
	}
	return s
}

// callers returns the stack of who has called the library.
func callers() stack {
	var pcs [256]uintptr
	var s stack
	inner := "" // the last function of the library
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		pkg := packageOf(f.Function)
		switch {
		case f.Function == "" || isStandard(pkg, f.File):
		case isOurs(pkg, f.File):
			if len(s.frames) == 0 && pkg != module+"/promtest" {
				inner = strings.TrimPrefix(f.Function, pkg+".")
			}
		default:
			s.frames = append(s.frames, frame{f.Function, f.File, f.Line})
		}
		if !more {
			break
		}
	}
	s.call = plainName(inner)
	return s
}

// packageOf returns the import path of a function's package.
func packageOf(function string) string {
	slash := strings.LastIndexByte(function, '/') + 1
	if dot := strings.IndexByte(function[slash:], '.'); dot >= 0 {
		return function[:slash+dot]
	}
	return function
}

// isOurs reports whether code is the library's. Tests of the library are programs.
func isOurs(pkg, file string) bool {
	folder, found := strings.CutPrefix(pkg, module)
	return found && slices.Contains(ours, folder) && !strings.HasSuffix(file, "_test.go")
}

// plainName returns the name of a function or a method alone: Get of (*Repo[...]).Get, and Each of
// (*Query[...]).Each.func1.
func plainName(function string) string {
	function = strings.ReplaceAll(function, "[...]", "")
	_, method, isMethod := strings.Cut(function, ").")
	if isMethod {
		function = method
	}
	parts := strings.Split(function, ".")
	name := parts[0]
	if !isMethod && len(parts) > 1 && ast.IsExported(parts[1]) { // a method of a value
		name = parts[1]
	}
	name, _, _ = strings.Cut(name, "-range")
	return name
}

// loopOf returns where the loop begins in which the innermost of the calls is that is in one, by the program's source.
// The zero frame is for none, and when the source is not there.
func loopOf(s stack) frame {
	for _, f := range s.frames {
		if line := loopLine(f.file, f.line); line > 0 {
			return frame{f.function, f.file, line}
		}
	}
	return frame{}
}

// span is the lines of a loop that are run again and again.
type span struct{ loop, from, to int }

var sources sync.Map // file → []span

// loopLine returns the line at which the innermost loop around a line of a file begins, 0 for none.
func loopLine(file string, line int) int {
	known, ok := sources.Load(file)
	if !ok {
		known, _ = sources.LoadOrStore(file, loopsOf(file))
	}
	best := span{}
	for _, s := range known.([]span) {
		if s.from <= line && line <= s.to && s.loop >= best.loop {
			best = s
		}
	}
	return best.loop
}

func loopsOf(file string) (loops []span) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	lineOf := func(p token.Pos) int { return set.Position(p).Line }
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			loops = append(loops, span{lineOf(n.Pos()), lineOf(n.Pos()), lineOf(n.End())})
		case *ast.RangeStmt: // what it ranges over is evaluated once
			s := span{lineOf(n.Pos()), lineOf(n.Body.Lbrace) + 1, lineOf(n.End())}
			if s.from > s.to {
				s.from = s.to
			}
			loops = append(loops, s)
		}
		return true
	})
	return loops
}
