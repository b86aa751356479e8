package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// What stands between the markers of docs/benchmarks.md is written by this program.
const (
	beginMark = "<!-- bench: begin -->\n"
	endMark   = "<!-- bench: end -->\n"
)

// renew writes the report and the charts into the folder of the documentation.
func (r *Report) renew(dir string) error {
	page := filepath.Join(dir, "benchmarks.md")
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(old, []byte(beginMark))
	_, after, ok2 := bytes.Cut(rest, []byte(endMark))
	if !ok || !ok2 {
		return fmt.Errorf("%s lacks the markers %q and %q", filepath.Base(page), beginMark, endMark)
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(beginMark + "\n")
	for _, engine := range []string{Postgres, SQLite} {
		var chart bytes.Buffer
		drawn, err := writeChart(&chart, engine, r.of(engine))
		if err != nil {
			return err
		}
		if !drawn {
			continue
		}
		file := filepath.Join("img", "bench-"+engine+".svg")
		if err := os.MkdirAll(filepath.Join(dir, "img"), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, file), chart.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&b, "![ratios of times on %s](%s)\n\n", engineTitle(engine), filepath.ToSlash(file))
	}
	r.write(&b)
	b.WriteString("\n" + endMark)
	b.Write(after)
	return os.WriteFile(page, b.Bytes(), 0o644)
}

// readReport reads what -json wrote, and judges it by the targets of today.
func readReport(files []string) (*Report, error) {
	all := new(Report)
	seen := map[Fact]bool{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var r Report
		if err := json.Unmarshal(b, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		for _, f := range r.Facts {
			if !seen[f] {
				seen[f] = true
				all.Facts = append(all.Facts, f)
			}
		}
		all.Results = append(all.Results, r.Results...)
	}
	if len(all.Results) == 0 {
		return nil, errors.New("there are no results in it")
	}
	all.Verdicts = judge(all.Results)
	return all, nil
}
