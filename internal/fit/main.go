// Fit checks that prom fits databases that exist. For each DSN it has promgen write the models, compiles them with
// package walk, and runs that program: it reads every table and compares the values, creates, updates and deletes a row
// of each in a transaction that rolls back, follows every relation, looks for an empty plan, and compares the schema
// before and after.
//
//	make fit DSN=postgres://localhost/app
//	go run ./internal/fit sqlite:///srv/app.db
//	go run ./internal/fit -views -schema auth,storage postgres://localhost/app
//
// Its flags are those of promgen: views are read too, and the tables are those of some schemas.
// It prints what it did for each table, and each fault. Beyond numbers that sequences count, it changes nothing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	views := flag.Bool("views", false, "read views too")
	schemas := flag.String("schema", "", "the schemas whose tables to take, with commas between them")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "fit: give the DSN of a database: make fit DSN=sqlite:///srv/app.db")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Stdout, choice{*views, *schemas}, asWritten, flag.Args()...); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			fmt.Fprintln(os.Stderr, "fit:", err)
		}
		os.Exit(1)
	}
}

// choice is what promgen takes of a database.
type choice struct {
	views   bool
	schemas string // with commas between them; "" for those that a name without a schema finds
}

// args returns the flags of promgen.
func (c choice) args() []string {
	args := []string{"-schema", c.schemas}
	if c.views {
		args = append(args, "-views")
	}
	return args
}

// run checks the databases of some DSNs, and prints the reports. An error is one of the tools, or the exit of the
// program that has found faults.
func run(ctx context.Context, out io.Writer, of choice, edit edit, dsns ...string) error {
	program, clean, err := build(ctx, of, edit, dsns...)
	if err != nil {
		return err
	}
	defer clean()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = environment(dsns...)
	cmd.Stdout, cmd.Stderr = out, out
	return cmd.Run()
}

// asWritten leaves models as promgen has written them.
func asWritten(_ int, source []byte) []byte { return source }
