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
	// envReport names a file to which [Reportf] adds its lines: go test hides what a test that passed has printed.
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

// Reportf tells what a test has measured for a row of docs/reliability.md. The figures are logged, and go to the table
// that ends make test, make race and make torture, with the engine that the test's name has in it and with whether the
// test passed:
//
//	dbtest.Reportf(t, 9, "%d kills, %d acknowledged, 0 lost", kills, acknowledged)
//
// The test names the row in a comment of its own as well, "suite: 9", by which it is found. In a process of [Child] it
// only logs.
func Reportf(tb testing.TB, row int, format string, args ...any) {
	tb.Helper()
	figures := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	tb.Logf("row %d: %s", row, figures)
	if os.Getenv(envReport) == "" || IsChild() {
		return
	}
	tb.Cleanup(func() {
		outcome := "passed"
		if tb.Failed() {
			outcome = "failed"
		}
		addReport(tb, row, outcome, figures)
	})
}

// LeaveOut ends a test that cannot run here, because the machine lacks something, with a reason that says how to get
// it. The table tells so; at full size the test fails.
func LeaveOut(tb testing.TB, row int, why string) {
	tb.Helper()
	if Full() {
		tb.Fatal(why)
	}
	if os.Getenv(envReport) != "" && !IsChild() {
		addReport(tb, row, "left out", why)
	}
	tb.Skip(why)
}

func addReport(tb testing.TB, row int, outcome, figures string) {
	tb.Helper()
	if err := appendLine(os.Getenv(envReport), reportLine(row, tb.Name(), Full(), outcome, figures)); err != nil {
		tb.Errorf("dbtest: %s: %v", envReport, err)
	}
}

// reportLine returns a line of the report: row, engine, size, outcome, test and figures, with tabs between them.
func reportLine(row int, test string, full bool, outcome, figures string) string {
	size := "short"
	if full {
		size = "full"
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
