//go:build unix

// Compile measures what models cost the compiler and the linker: CPU seconds, peak memory and bytes of binary for each
// model, and what a package pays that only holds repositories. It writes programs with one model and with many, for
// prom and for others, builds them with the go command, and reads what each run of the compiler has used. What stands
// in the build cache, such as the libraries themselves, is not counted.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	if log := os.Getenv(logVariable); log != "" {
		os.Exit(wrap(log, os.Args[1:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compile:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("compile", flag.ExitOnError)
	models := flags.Int("models", 100, "models of the larger program; the smaller one has one")
	rounds := flags.Int("rounds", 1, "rounds, of which the medians count")
	check := flags.Bool("check", false, "prom alone, against its targets; fails when one is missed")
	docs := flags.String("docs", "", "the folder of the documentation, whose page on benchmarks gets the table")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *models < 2 || *rounds < 1 {
		return fmt.Errorf("at least two models and one round are needed")
	}
	b, err := newBuilder(ctx)
	if err != nil {
		return err
	}
	defer b.remove()
	r := &report{models: *models, rounds: *rounds}
	for _, l := range libraries {
		if *check && l.kind == "" {
			continue
		}
		costs, err := measure(b, l, *models, *rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		r.costs = append(r.costs, costs)
		fmt.Fprintln(os.Stderr, costs)
	}
	if r.hold, err = holding(b, *rounds); err != nil {
		return err
	}
	r.write(os.Stdout)
	if *docs != "" {
		if err := r.renew(*docs); err != nil {
			return err
		}
	}
	if missed := r.missed(); *check && len(missed) > 0 {
		return fmt.Errorf("%d targets are missed", len(missed))
	}
	return nil
}
