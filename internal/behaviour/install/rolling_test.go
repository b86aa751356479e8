package install_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prom-go/prom/internal/dbtest"
)

// program is a process of testdata/builds/rolling.
type program struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

func (p *program) ask(t *testing.T, change, table, op string) string {
	t.Helper()
	if _, err := fmt.Fprintf(p.in, "%s\t%s\t%s\n", change, table, op); err != nil {
		t.Fatal(err)
	}
	if !p.out.Scan() {
		t.Fatal("the program has ended: ", p.out.Err())
	}
	return p.out.Text()
}

// Ensure that an old and a new version of a program, processes of a real build, do on one table what docs/schema.md says
// of each kind of change, whichever of them is the first: what is written by both, and what each then reads.
func TestRollingDeploys(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rolling")
	build := dbtest.Go("build", "-gcflags=-l -dwarf=false", "-o", file, "./testdata/builds/rolling")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Mode == "memory" {
			e.DSN = dbtest.SQLite(t)
		}
		programs := map[string]*program{}
		for _, version := range []string{"old", "new"} {
			cmd := exec.CommandContext(t.Context(), file, version)
			cmd.Env = append(os.Environ(), "PROM_DSN="+e.DSN)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			programs[version] = &program{in, bufio.NewScanner(out)}
			t.Cleanup(func() {
				_ = in.Close()
				_ = cmd.Wait()
			})
		}
		for i, c := range rollingDeploys {
			t.Run(c.change, func(t *testing.T) {
				for j, script := range c.scripts {
					table := fmt.Sprintf("case_%d_%d", i, j)
					for step := range strings.SplitSeq(script, ";") {
						step, want, _ := strings.Cut(strings.TrimSpace(step), ": ")
						version, op, _ := strings.Cut(step, " ")
						got := programs[version].ask(t, c.change, table, op)
						for option := range strings.SplitSeq(want, " or on SQLite ") { // the last one is SQLite's
							if want = option; e.Name == dbtest.NamePostgres {
								break
							}
						}
						if got != want {
							t.Errorf("%s\n%s: got %q, want %q", script, step, got, want)
						}
					}
				}
			})
		}
	})
}

// rollingDeploys are the lines of the table in docs/schema.md: a change, and what the versions do in turn, with what
// comes of it.
var rollingDeploys = []struct {
	change  string
	scripts []string
}{
	{"add an optional column", []string{
		`old add a: ok; new add b: ok; old add c: ok; old list: a b c; new list: a/null b/b c/null`,
		`new add a: ok; old add b: ok; new add c: ok; old list: a b c; new list: a/a b/null c/c`,
	}},
	{"add a column with a default", []string{
		`old add a: ok; new add b: ok; old add c: ok; old list: a b c; new list: a/d b/ c/d`,
		`new add a: ok; old add b: ok; new add c: ok; old list: a b c; new list: a/ b/d c/`,
	}},
	{"add a required column", []string{
		`old add a: ok; new add b: schema drift; old add c: ok; old list: a c; new list: schema drift`,
		`new add a: ok; old add b: not-null violation; new add c: ok; old list: a c; new list: a/a c/c`,
	}},
	{"drop an optional field", []string{
		`old add a: ok; new add b: ok; old add c: ok; old list: a/a b/null c/c; new list: a b c`,
		`new add a: ok; old add b: ok; new add c: ok; old list: a/null b/b c/null; new list: a b c`,
		`old add a: ok; new release lossy: nothing; old add b: ok; old list: a/a b/b; new list: a b`,
	}},
	{"drop a field with a default", []string{
		`old add a: ok; new add b: ok; old add c: ok; old list: a/ b/d c/; new list: a b c`,
		`new add a: ok; old add b: ok; new add c: ok; old list: a/d b/ c/d; new list: a b c`,
	}},
	{"drop a required field", []string{
		`old add a: ok; new add b: not-null violation; old add c: ok; old list: a/a c/c; new list: a c`,
		`new add a: ok; old add b: schema drift; new add c: ok; old list: schema drift; new list: a c`,
	}},
	{"change a default", []string{
		`old add a: ok; new add b: ok; old add c: ok; old list: a/ b/ c/; new list: a/ b/ c/`,
		`new add a: ok; old add b: ok; new add c: ok; old list: a/ b/ c/; new list: a/ b/ c/`,
		`old add a: ok; new release: ok; new add b: ok; old add c: ok; old list: a/ b/ c/; new list: a/ b/ c/`,
	}},
	{"widen a number", []string{
		`old add 1: ok; new add 2: ok; old add 3: ok; old list: 1 2 3; new list: 1 2 3`,
		`new add 1: ok; new add 5000000000: ok; old add 2: ok; old list: wrong type; new list: 1 2 5000000000`,
		`old add 1: ok; new release: ok or on SQLite nothing; new add 5000000000: ok; old add 3: ok;
			old list: wrong type; new list: 1 3 5000000000`,
	}},
	{"narrow a number", []string{
		`old add 1: ok; new add 2: ok; old add 5000000000: ok; old list: 1 2 5000000000; new list: wrong type`,
		`new add 1: ok; old add 2: ok; old add 5000000000: wrong type or on SQLite ok;
			old list: 1 2 or on SQLite 1 2 5000000000; new list: 1 2 or on SQLite wrong type`,
	}},
	{"widen a length", []string{
		`old add a: ok; new add abcde: ok or on SQLite check violation; old add c: ok;
			old list: a abcde c or on SQLite a c; new list: a abcde c or on SQLite a c`,
		`new add abcde: ok; old add b: ok; old save abcde: invalid value; old list: abcde b; new list: abcde b`,
		`old add a: ok; new release: ok; new add abcde: ok; old list: a abcde; new list: a abcde`,
	}},
	{"narrow a length", []string{
		`old add abcde: ok; new add b: ok; old add abcdef: ok; old list: abcde abcdef b; new list: abcde abcdef b`,
		`new add a: ok; old add abcde: ok or on SQLite check violation; old list: a abcde or on SQLite a;
			new list: a abcde or on SQLite a`,
		`old add a: ok; new release lossy: ok; old add abcde: ok or on SQLite check violation;
			new list: a abcde or on SQLite a`,
	}},
	{"add a length", []string{
		`old add a: ok; new add b: ok; old add abcde: ok; new list: a abcde b`,
		`new add a: ok; old add abcde: check violation; new list: a`,
		`old add a: ok; new release: ok; old add abcde: check violation; new list: a`,
		`old add abcde: ok; new release: schema drift; new list: abcde`,
	}},
	{"add a choice", []string{
		`old add a: ok; new add c: ok; old add b: ok; old list: a b c; new list: a b c`,
		`new add c: ok; old add b: ok; old save c: invalid value; old list: b c; new list: b c`,
	}},
	{"take a choice away", []string{
		`old add c: ok; new add b: ok; old add c: ok; new save c: invalid value; new list: b c c`,
		`new add a: ok; old add c: ok; new list: a c`,
	}},
	{"make a column required", []string{
		`old add a: ok; new add b: ok; old add null: ok; old list: a b null; new list: wrong type`,
		`new add a: ok; old add null: ok or on SQLite not-null violation; old list: a null or on SQLite a;
			new list: wrong type or on SQLite a`,
		`old add a: ok; new release: ok; new add b: ok; old add null: ok or on SQLite not-null violation;
			new list: wrong type or on SQLite a b`,
		`old add null: ok; new release: schema drift; new list: wrong type`,
	}},
	{"let a column be NULL", []string{
		`old add a: ok; new add null: ok or on SQLite not-null violation; old list: wrong type or on SQLite a;
			new list: a null or on SQLite a`,
		`new add null: ok; old add b: ok; old list: wrong type; new list: b null`,
		`old add a: ok; new release: ok; new add null: ok; old list: wrong type; new list: a null`,
	}},
	{"rename a required column", []string{
		`old add a: ok; new add b: ok; old add c: schema drift (renamed); old list: schema drift (renamed);
			new list: a b; new check: ok`,
		`new add a: ok; old add b: schema drift; new add c: ok; old list: schema drift; new list: a c;
			new check: ok`,
	}},
	{"rename an optional column", []string{
		`old add a: ok; new add b: ok; old add c: schema drift (renamed); old list: schema drift (renamed);
			new list: a b; new check: ok`,
		`new add a: ok; old add b: ok; new add c: ok; old list: b null null; new list: a c null;
			new check: schema drift; new release lossy: nothing`,
	}},
	{"add a unique index", []string{
		`old add a: ok; new install: ok; old add a: unique violation; new add a: unique violation; old add b: ok;
			new list: a b`,
		`new add a: ok; old add a: unique violation; old list: a`,
		`old add a: ok; old add a: ok; new install: unique violation; new add b: ok; old list: a a b;
			new check: schema drift`,
	}},
	{"add an optional reference to a new table", []string{
		`old add a: ok; new add b: ok; old add c: ok; old list: a b c; new list: a/false b/false c/false`,
		`new add a: ok; old add b: ok; new add c: ok; old list: a b c; new list: a/false b/false c/false`,
	}},
	{"add a required reference to a new table", []string{
		`old add a: ok; new add b: schema drift; old add c: ok; old list: a c; new list: schema drift`,
		`new add a: ok; old add b: not-null violation; new add c: ok; old list: a c; new list: a c`,
	}},
	{"add soft delete", []string{
		`old add a: ok; old add b: ok; new add c: ok; new delete a: ok; new list: b c; old list: a b c;
			old delete b: ok; new list: c; old list: a c`,
		`new add a: ok; old add b: ok; new delete a: ok; old list: a b; new list: b`,
	}},
	{"add a version", []string{
		`old add a: ok; new add b: ok; old add c: ok; old list: a b c; new list: a/0 b/0 c/0; new save a: ok;
			old save a: ok; new list: a/1 b/0 c/0`,
		`new add a: ok; old add b: ok; new list: a/0 b/0`,
	}},
}
