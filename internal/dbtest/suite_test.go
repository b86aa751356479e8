package dbtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"
)

// Ensure the size is the short one unless the full one is asked for.
func TestSize(t *testing.T) {
	is := is.New(t)
	t.Setenv(envSize, "")
	is.True(!Full())
	is.Equal(Size(2, 1000), 2)
	t.Setenv(envSize, "full")
	is.True(Full())
	is.Equal(Size(2, 1000), 1000)
}

// Ensure a report has one line for each call, when the test has ended, and none of a child's.
func TestReport(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "report")
	t.Setenv(envReport, path)
	t.Setenv(envSize, "full")
	t.Run("sqlite", func(t *testing.T) {
		Reportf(t, 9, "%d kills,\n\t%d lost", 200, 0)
		_, err := os.Stat(path)
		is.True(os.IsNotExist(err)) // the outcome is not known yet
	})
	t.Run("child", func(t *testing.T) {
		t.Setenv(envChild, "TestReport")
		Reportf(t, 9, "nothing")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Setenv(envSize, "")
		LeaveOut(t, 9, "no server")
	})
	got, err := os.ReadFile(path)
	is.NoErr(err)
	is.Equal(string(got), "9\tsqlite\tfull\tpassed\tTestReport/sqlite\t200 kills, 0 lost\n"+
		"9\tpostgres\tshort\tleft out\tTestReport/postgres\tno server\n")
}

func TestReportLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		test    string
		full    bool
		outcome string
		want    string
	}{
		{"TestKill/postgres", false, "failed", "9\tpostgres\tshort\tfailed\tTestKill/postgres\tx"},
		{"TestStress_SQLiteProcesses", true, "passed", "9\tsqlite\tfull\tpassed\tTestStress_SQLiteProcesses\tx"},
		{"TestPool", false, "left out", "9\tboth\tshort\tleft out\tTestPool\tx"},
	}
	for _, tt := range tests {
		is := is.New(t)
		is.Equal(reportLine(9, tt.test, tt.full, tt.outcome, "x"), tt.want)
	}
}
