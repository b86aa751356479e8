package dbtest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const (
	// envSize is the environment variable that makes the suites run at full size, when it is "full".
	envSize = "PROM_TEST_SIZE"
	// envReport names a file to which [Report] adds its lines: go test hides what a test that passed has printed.
	envReport = "PROM_TEST_REPORT"
)

// Full reports whether the suites run at the size that docs/reliability.md gives them, rather than in their short form.
func Full() bool { return os.Getenv(envSize) == "full" }

// Size returns how often something is done: the second number at full size, the first one otherwise.
func Size(short, full int) int {
	if Full() {
		return full
	}
	return short
}

// Report tells what a test has measured for a row of docs/reliability.md. The figures are logged, and go to the table that ends
// make test, make race and make torture, with the engine that the test's name has in it and with whether the test passed:
//
//	dbtest.Report(t, 9, "%d kills, %d acknowledged, 0 lost", kills, acknowledged)
//
// The test names the row in a comment of its own as well, "suite: 9", by which it is found. In a process of [Child] it only logs.
func Report(tb testing.TB, row int, format string, args ...any) {
	tb.Helper()
	figures := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	tb.Logf("row %d: %s", row, figures)
	path := os.Getenv(envReport)
	if path == "" || IsChild() {
		return
	}
	tb.Cleanup(func() {
		if err := appendLine(path, reportLine(row, tb.Name(), Full(), tb.Failed(), figures)); err != nil {
			tb.Errorf("dbtest: %s: %v", envReport, err)
		}
	})
}

// reportLine returns a line of the report: row, engine, size, outcome, test and figures, with tabs between them.
func reportLine(row int, test string, full, failed bool, figures string) string {
	size, outcome := "short", "passed"
	if full {
		size = "full"
	}
	if failed {
		outcome = "failed"
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s", row, engineOf(test), size, outcome, test, figures)
}

// engineOf returns the engine that a test's name has in it, as those have that [Each] makes, or "both".
func engineOf(test string) string {
	lower := strings.ToLower(test)
	s, p := strings.Contains(lower, NameSQLite), strings.Contains(lower, NamePostgres)
	switch {
	case s == p:
		return "both"
	case s:
		return NameSQLite
	}
	return NamePostgres
}
