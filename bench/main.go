// Command bench measures prom against hand-written code and other libraries, on PostgreSQL and on SQLite. Everybody
// does the same work on tables of the same rows, in turn; docs/benchmarks.md tells how.
//
//	go run .                                          # everything
//	go run . -engine sqlite -run '^get$' -peers prom  # one line of the table, in seconds
//	go run . -list
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime/pprof"
	"strings"
	"time"
)

func main() {
	if os.Getenv(startupEnv) != "" {
		st, err := measureStart()
		if err == nil {
			err = json.NewEncoder(os.Stdout).Encode(st)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

// config is what the flags say.
type config struct {
	Options
	engines []string // "" stands for what needs none
	match   *regexp.Regexp
	peers   []string
	rows    int64
	short   bool
	pin     bool
	dir     string
}

// outputs are where the report goes.
type outputs struct {
	file, json, docs, profile string
	from                      []string // files of -json, instead of measuring
	list                      bool
}

func parse(args []string) (cfg config, out outputs, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	engine := flags.String("engine", "all", "postgres, sqlite, none (what needs no database) or all")
	pattern := flags.String("run", "", "a regular expression of what to measure; see -list")
	peers := flags.String("peers", "", "the peers, by the beginnings of their names, separated by commas; the base always takes part, twice")
	flags.IntVar(&cfg.Rounds, "rounds", 15, "rounds of each workload; with -check 9")
	flags.DurationVar(&cfg.Slot, "slot", 40*time.Millisecond, "how long each peer is measured in a round")
	flags.Uint64Var(&cfg.Seed, "seed", 1, "of the order of the peers in each round")
	flags.Int64Var(&cfg.rows, "rows", 100_000, "rows of the tables")
	flags.BoolVar(&cfg.short, "check", false, "the short form: prom and the base; fails when a target is missed by more than the noise")
	flags.BoolVar(&cfg.pin, "pin", true, "give client and server processors of their own, where that is possible")
	flags.StringVar(&cfg.dir, "dir", "", "where the files of SQLite lie for a while; the system's folder for such unless said")
	flags.StringVar(&out.file, "out", "", "a file for the report, beside standard output")
	flags.StringVar(&out.json, "json", "", "a file for all figures as JSON")
	flags.StringVar(&out.docs, "docs", "", "the folder of the documentation: renew the tables in its benchmarks.md, and the charts")
	flags.StringVar(&out.profile, "cpuprofile", "", "a file for a profile of the processor; its labels are contest and peer")
	from := flags.String("from", "", "files that -json wrote, separated by commas: report these and measure nothing")
	flags.BoolVar(&out.list, "list", false, "list what can be measured, and the peers")
	if err := flags.Parse(args); err != nil {
		return cfg, out, err
	}
	if cfg.short && !given(flags, "rounds") {
		cfg.Rounds = 9
	}
	if cfg.short && !given(flags, "slot") {
		cfg.Slot = 30 * time.Millisecond
	}
	switch *engine {
	case "all":
		cfg.engines = []string{Postgres, SQLite, ""}
	case Postgres, SQLite:
		cfg.engines = []string{*engine}
	case "none":
		cfg.engines = []string{""}
	default:
		return cfg, out, fmt.Errorf("-engine is %q", *engine)
	}
	if cfg.Rounds < 1 || cfg.rows < 1 || flags.NArg() > 0 {
		return cfg, out, errors.New("rounds and rows are at least 1, and there are no arguments but flags")
	}
	if cfg.match, err = regexp.Compile(*pattern); err != nil {
		return cfg, out, fmt.Errorf("-run: %w", err)
	}
	if *peers != "" {
		cfg.peers = strings.Split(*peers, ",")
	}
	if *from != "" {
		out.from = strings.Split(*from, ",")
	}
	return cfg, out, nil
}

func given(flags *flag.FlagSet, name string) (is bool) {
	flags.Visit(func(f *flag.Flag) { is = is || f.Name == name })
	return is
}

// errBehind ends a check that found a target missed.
var errBehind = errors.New("behind a target, see the table")

func run(args []string, stdout io.Writer) error {
	cfg, out, err := parse(args)
	if err != nil {
		return err
	}
	if out.list {
		writeList(stdout, cfg)
		return nil
	}
	if out.from != nil {
		report, err := readReport(out.from)
		if err != nil {
			return err
		}
		return out.write(report, stdout)
	}
	if out.profile != "" {
		f, err := os.Create(out.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	// Contexts that can be cancelled cost some libraries a goroutine for each call, so an interrupt ends the run between
	// two slots.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	defer signal.Stop(stop)
	cfg.stopped = func() bool { return len(stop) > 0 }
	report, err := measure(context.Background(), cfg)
	if err != nil {
		return err
	}
	if err := out.write(report, stdout); err != nil {
		return err
	}
	if cfg.short && report.behind(stdout) {
		return errBehind
	}
	return nil
}

// write brings the report to where the flags say.
func (out outputs) write(r *Report, stdout io.Writer) error {
	r.write(stdout)
	if out.file != "" {
		f, err := os.Create(out.file)
		if err != nil {
			return err
		}
		r.write(f)
		if err := f.Close(); err != nil {
			return err
		}
	}
	if out.json != "" {
		b, err := json.MarshalIndent(r, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(out.json, append(b, '\n'), 0o644); err != nil {
			return err
		}
	}
	if out.docs != "" {
		return r.renew(out.docs)
	}
	return nil
}

// writeList writes what can be measured.
func writeList(w io.Writer, cfg config) {
	for _, engine := range cfg.engines {
		fmt.Fprintf(w, "%s:\n", engineTitle(engine))
		for _, src := range sources() {
			if src.on(engine) {
				fmt.Fprintf(w, "  %-10s %s\n", src.ID, src.Title)
			}
		}
		for _, lib := range cfg.chosen(engine) {
			fmt.Fprintf(w, "    peer %-18s %s\n", lib.Name, lib.About)
		}
	}
}
