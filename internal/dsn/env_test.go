package dsn

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure the variables are read from the prefix itself, then from _0 or _1 up to the first gap.
// parity: D20, D25
func TestEnvDSNs(t *testing.T) {
	t.Parallel()
	const a, b, c, d = "sqlite://a.db#a", "sqlite://b.db#b", "postgres://h/c#c", "sqlite://d.db"
	tests := []struct {
		about   string
		environ []string
		prefix  string
		want    string
		warned  string
	}{
		{"nothing", []string{"PATH=/bin", "PROM_DSNX=x", "XPROM_DSN=x", "broken"}, "PROM_DSN", "", ""},
		{"the prefix alone", []string{"PROM_DSN=" + a}, "PROM_DSN", "PROM_DSN=a", ""},
		{"from 1", []string{"PROM_DSN_2=" + b, "PROM_DSN_1=" + a}, "PROM_DSN", "PROM_DSN_1=a PROM_DSN_2=b", ""},
		{"from 0", []string{"PROM_DSN_1=" + b, "PROM_DSN_0=" + a}, "PROM_DSN", "PROM_DSN_0=a PROM_DSN_1=b", ""},
		{"both", []string{"PROM_DSN=" + d, "PROM_DSN_1=" + b}, "PROM_DSN", "PROM_DSN= PROM_DSN_1=b", ""},
		{
			"a gap", []string{"PROM_DSN=" + a, "PROM_DSN_1=" + b, "PROM_DSN_10=" + c, "PROM_DSN_3=" + d},
			"PROM_DSN", "PROM_DSN=a PROM_DSN_1=b", "[PROM_DSN_3 PROM_DSN_10]",
		},
		{"begins with a gap", []string{"PROM_DSN_2=" + a}, "PROM_DSN", "", "[PROM_DSN_2]"},
		{"0 without 1", []string{"PROM_DSN_0=" + a, "PROM_DSN_2=" + b}, "PROM_DSN", "PROM_DSN_0=a", "[PROM_DSN_2]"},
		{"a leading zero", []string{"PROM_DSN_01=" + a}, "PROM_DSN", "", "[PROM_DSN_01]"},
		{"bad after a gap", []string{"PROM_DSN_5="}, "PROM_DSN", "", "[PROM_DSN_5]"},
		{"other words", []string{"PROM_DSN_FILE=x", "PROM_DSN_=x", "PROM_DSN_1a=x"}, "PROM_DSN", "", ""},
		{"another prefix", []string{"APP_DSN=" + d, "APP_DSN_1=" + a, "PROM_DSN=" + c}, "APP_DSN", "APP_DSN= APP_DSN_1=a",
			""},
		{"a variable twice", []string{"PROM_DSN=" + a, "PROM_DSN=" + b}, "PROM_DSN", "PROM_DSN=a", ""},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var out bytes.Buffer
			dsns, err := FromEnviron(tt.environ, tt.prefix, slog.New(slog.NewTextHandler(&out, nil)))
			is.NoErr(err)
			var got []string
			for _, e := range dsns {
				got = append(got, e.Var+"="+e.DSN.Name)
			}
			is.Equal(strings.Join(got, " "), tt.want)
			lines := strings.Count(out.String(), "\n")
			if tt.warned == "" {
				is.Equal(lines, 0)
				return
			}
			is.Equal(lines, 1)
			is.True(strings.Contains(out.String(), "level=WARN"))
			if !strings.Contains(out.String(), tt.warned) {
				t.Errorf("got %q, want %s in it", out.String(), tt.warned)
			}
			is.True(!strings.Contains(out.String(), "sqlite"))
		})
	}
}

// Ensure what is wrong with a variable names the variable, or both.
func TestEnvDSNs_Bad(t *testing.T) {
	t.Parallel()
	tests := []struct {
		about   string
		environ []string
		prefix  string
		want    string
	}{
		// parity: D22
		{"empty", []string{"PROM_DSN="}, "PROM_DSN", "prom: dsn: the environment variable PROM_DSN is set, but empty"},
		{"blank", []string{"PROM_DSN_1= "}, "PROM_DSN", "prom: dsn: the environment variable PROM_DSN_1 is set, but empty"},
		// parity: D23
		{
			"one name twice", []string{"PROM_DSN=sqlite://a#x", "PROM_DSN_1=sqlite://b#y",
				"PROM_DSN_2=sqlite://c#x"}, "PROM_DSN",
			`prom: dsn: the environment variables PROM_DSN and PROM_DSN_2 both hold a DSN named "x"`,
		},
		{
			"no name twice", []string{"PROM_DSN_0=sqlite://a", "PROM_DSN_1=sqlite://b"}, "PROM_DSN",
			"prom: dsn: the environment variables PROM_DSN_0 and PROM_DSN_1 both hold a DSN without a name",
		},
		{"a bad DSN", []string{"PROM_DSN=sqlite://a", "PROM_DSN_1=mysql://u:p@h"}, "PROM_DSN",
			`PROM_DSN_1: prom: dsn: unknown scheme "mysql"`},
		{"no prefix", nil, "", "prom: dsn: the prefix"},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			dsns, err := FromEnviron(tt.environ, tt.prefix, nil)
			is.True(err != nil)
			is.Equal(len(dsns), 0)
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %q, want %q", err, tt.want)
			}
		})
	}
}
