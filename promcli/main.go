package promcli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/prom-go/prom"
)

// The exit codes of a command.
const (
	CodeDone        = 0   // the command has succeeded
	CodeFailed      = 1   // it failed, or did only a part
	CodeUsage       = 2   // its arguments are wrong
	CodeDrift       = 3   // the database contradicts the models, or a file contradicts what it was made from
	CodeInterrupted = 130 // it was interrupted, and nothing is half done
)

// Main runs the command with the arguments of the process and the models of the repos, and exits with a code such as
// [CodeDone]. An interrupt (Ctrl-C) cancels the command; the steps that it has finished stay.
func Main(repos ...prom.AnyRepo) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	code := Run(ctx, Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Args[1:], repos...)
	stop()
	os.Exit(code)
}

// Streams are the standard streams of a command. A nil stream has no input, or discards the output.
type Streams struct {
	In  io.Reader // what explain and import read, and the answers to questions
	Out io.Writer // results
	Err io.Writer // errors and progress
}

// commands is the command line: each field is a command, in a file of its own.
type commands struct {
	flags

	Backup  backupCommand  `cmd:"" group:"rows" help:"Copy a SQLite database into a new file while programs use it."`
	Copy    copyCommand    `cmd:"" group:"rows" help:"Copy tables from one database into another, of either engine."`
	Export  exportCommand  `cmd:"" group:"rows" help:"Write the rows of tables into files, as CSV or JSON lines."`
	Import  importCommand  `cmd:"" group:"rows" help:"Insert the rows of a file, CSV or JSON lines, into a table."`
	Seed    seedCommand    `cmd:"" group:"rows" help:"Store rows in a database of development: fixtures, or random rows."`
	Explain explainCommand `cmd:"" group:"look" help:"Show how the database runs a statement, and which index would help."`
	Diagram diagramCommand `cmd:"" group:"look" help:"Draw the tables, keys and foreign keys of models or of a database."`
	Ping    pingCommand    `cmd:"" group:"look" help:"Connect to a database, and wait until it answers."`

	Alter   alterCommand   `cmd:"" group:"schema" help:"Change the type of a column of a large PostgreSQL table while programs go on."`
	Apply   applyCommand   `cmd:"" group:"schema" help:"Run the steps of a plan whose risks are allowed."`
	Check   checkCommand   `cmd:"" group:"schema" help:"Fail if a database contradicts the models, and show where."`
	Migrate migrateCommand `cmd:"" group:"schema" help:"Write migrations for goose, golang-migrate or Atlas, and verify them."`
	Plan    planCommand    `cmd:"" group:"schema" help:"Show what would make the databases match the models."`

	Completion    completionCommand `cmd:"" group:"code" help:"Write the completion of commands for a shell."`
	Fields        fieldsCommand     `cmd:"" group:"code" help:"Write the handles of the models in a package."`
	Inspect       inspectCommand    `cmd:"" group:"code" help:"Write Go models of a database that exists."`
	CompleteWords wordsCommand      `cmd:"" hidden:"" passthrough:""`
}

// flags are those of all commands.
type flags struct {
	DSN  string `name:"dsn" placeholder:"DSN" help:"The database; without it, that of the environment (PROM_DSN)."`
	On   string `name:"on" complete:"connections" placeholder:"NAME" help:"The name of a connection of the environment, as in PROM_DSN_1=…#NAME."`
	JSON bool   `name:"json" help:"Write results and errors as JSON."`
}

// Run runs the command with the given arguments and returns its exit code, such as [CodeDone]. It is [Main] for tests,
// and for programs that have commands of their own. Without arguments it shows the help.
func Run(ctx context.Context, streams Streams, args []string, repos ...prom.AnyRepo) int {
	e := newEnv(streams, repos)
	defer e.close()
	var cmds commands
	exited := -1
	parser, err := kong.New(&cmds,
		kong.Name("prom"),
		kong.Description("Databases and models: look, plan, apply, copy."),
		kong.Writers(e.out, e.err),
		kong.Exit(func(code int) { exited = code; panic(exit{}) }),
		kong.ExplicitGroups(groups),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(e),
	)
	if err != nil {
		panic(err) // a tag of a command is wrong, which each test finds
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parse(parser, args)
	switch {
	case exited >= 0: // by --help
		return exited
	case err != nil:
		e.flags.JSON = slices.Contains(args, "--json")
		e.fail(err, CodeUsage)
		return CodeUsage
	}
	e.flags = cmds.flags
	if err = parsed.Run(); err == nil {
		return CodeDone
	}
	code := codeOf(ctx, err)
	e.fail(err, code)
	return code
}

// groups are the groups of commands in the help.
var groups = []kong.Group{
	{Key: "look", Title: "Look:"},
	{Key: "schema", Title: "Schemas:"},
	{Key: "rows", Title: "Rows:"},
	{Key: "code", Title: "Code:"},
}

// exit is the panic by which kong's exit leaves its parser, after --help.
type exit struct{}

func parse(parser *kong.Kong, args []string) (parsed *kong.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exit); !ok {
				panic(r)
			}
		}
	}()
	return parser.Parse(args)
}

// coded is an error with an exit code of its own.
type coded struct {
	error
	code int
}

func (c coded) Unwrap() error { return c.error }

func codeOf(ctx context.Context, err error) int {
	var c coded
	switch {
	case errors.As(err, &c):
		return c.code
	case ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
		return CodeInterrupted
	case errors.Is(err, prom.ErrDrift):
		return CodeDrift
	}
	return CodeFailed
}

// fail writes an error on the standard error.
func (e *env) fail(err error, code int) {
	text := strings.TrimPrefix(err.Error(), "prom: ")
	if text == "" { // the code says it all
		return
	}
	if e.flags.JSON {
		var failure struct {
			Error struct {
				Code    int    `json:"code"`
				Message string `json:"message"`
			} `json:"error"`
		}
		failure.Error.Code, failure.Error.Message = code, text
		_ = json.NewEncoder(e.err).Encode(failure)
		return
	}
	_, _ = fmt.Fprintf(e.err, "%s %s\n", paint(e.err, red, "prom:"), text)
}
