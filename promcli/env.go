package promcli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"

	"github.com/prom-go/prom"
)

// env is what commands share: the streams, the flags of all commands, the models and the connections.
type env struct {
	in       io.Reader
	out, err io.Writer
	flags    flags
	repos    []prom.AnyRepo
	opened   []*prom.DB // connections of --dsn, which end with the command
}

func newEnv(s Streams, repos []prom.AnyRepo) *env {
	e := &env{in: s.In, out: s.Out, err: s.Err, repos: repos}
	if e.in == nil {
		e.in = strings.NewReader("")
	}
	if e.out == nil {
		e.out = io.Discard
	}
	if e.err == nil {
		e.err = io.Discard
	}
	return e
}

func (e *env) close() {
	for _, db := range e.opened {
		_ = db.Close()
	}
}

// db returns the connection that the flags --dsn or --on name, without them the default one.
func (e *env) db() (*prom.DB, error) {
	if e.flags.DSN != "" && e.flags.On != "" {
		return nil, usage("--dsn and --on both name a connection: give one of them")
	}
	if e.flags.DSN != "" {
		return e.open(e.flags.DSN)
	}
	return prom.Conn(e.flags.On)
}

// open opens the connection of a DSN for the time of the command. Where the text has no scheme, it is the name of a
// connection of the environment.
func (e *env) open(text string) (*prom.DB, error) {
	if !strings.Contains(text, ":") {
		return prom.Conn(text)
	}
	r := &prom.Registry{}
	db, err := r.Open(text)
	if err != nil {
		return nil, err
	}
	e.opened = append(e.opened, db)
	return db, nil
}

// models returns the repos of the program, those of --on alone where it is given.
func (e *env) models() ([]prom.AnyRepo, error) {
	if len(e.repos) == 0 {
		return nil, usage("this command needs models, and this program has none: make a command of your own with " +
			"func main() { promcli.Main(books, authors) }; see the package promcli")
	}
	if e.flags.DSN != "" {
		return nil, usage("models have connections of their own: set PROM_DSN instead of --dsn")
	}
	if e.flags.On == "" {
		return e.repos, nil
	}
	var list []prom.AnyRepo
	for _, r := range e.repos {
		db, err := r.DB()
		if err != nil {
			return nil, err
		}
		if db.Name() == e.flags.On {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil, usage("no model is on the connection %q", e.flags.On)
	}
	return list, nil
}

// tables returns the tables of models that arguments name, all of them without names.
func named(repos []prom.AnyRepo, tables []string) ([]prom.AnyRepo, error) {
	if len(tables) == 0 {
		return repos, nil
	}
	var list []prom.AnyRepo
	for _, name := range tables {
		i := slices.IndexFunc(repos, func(r prom.AnyRepo) bool { return r.Schema().Name == name })
		if i < 0 {
			return nil, usage("no model has the table %q", name)
		}
		list = append(list, repos[i])
	}
	return list, nil
}

// usage returns an error of the arguments.
func usage(format string, args ...any) error {
	return coded{fmt.Errorf(format, args...), CodeUsage}
}

// print writes a result: as JSON with --json, else as the text that plain writes.
func (e *env) print(result any, plain func(w io.Writer) error) error {
	if !e.flags.JSON {
		return plain(e.out)
	}
	j := json.NewEncoder(e.out)
	j.SetEscapeHTML(false)
	j.SetIndent("", "  ")
	return j.Encode(result)
}

// The colours of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	grey   = "90"
	bold   = "1"
)

// paint returns text in a colour where results go to a terminal and NO_COLOR is not set.
func (e *env) paint(colour, text string) string { return paint(e.out, colour, text) }

func paint(to io.Writer, colour, text string) string {
	if !terminal(to) || os.Getenv("NO_COLOR") != "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// terminal reports whether a stream is one.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// confirmed asks on a terminal whether to go on; without one it is an error that names the flag that says yes. An
// interrupt is an answer too.
func (e *env) confirmed(ctx context.Context, question string) error {
	if !terminal(e.in) {
		return usage("%s Nobody can answer here: say --yes", strings.TrimSpace(question))
	}
	_, _ = fmt.Fprintf(e.err, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() { // it ends with the process if nobody answers
		var text string
		_, _ = fmt.Fscanln(e.in, &text)
		answer <- strings.ToLower(text)
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case a := <-answer:
		if a == "y" || a == "yes" {
			return nil
		}
	}
	return errors.New("not confirmed, so nothing was done")
}
