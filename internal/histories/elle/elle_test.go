package elle

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// parse makes a history of lines such as "0-9 ok a1=5 r2=6,7 ( a1=8 ) ( a1=9 !": when it was called and had returned,
// the outcome (ok, fail or info), and the steps: append 5 to list 1, read 6 and 7 in list 2, a nested transaction that
// stays and one that is undone.
func parse(t *testing.T, lines ...string) []Txn {
	t.Helper()
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	outcomes := map[string]Outcome{"ok": Committed, "fail": Aborted, "info": Unknown}
	marks := map[string]Kind{"(": Begin, ")": Release, "!": Undo}
	var history []Txn
	for no, line := range lines {
		words := strings.Fields(line)
		from, to, _ := strings.Cut(words[0], "-")
		txn := Txn{Process: no, Invoked: number(from), Returned: number(to), Outcome: outcomes[words[1]]}
		for _, w := range words[2:] {
			if kind, ok := marks[w]; ok {
				txn.Ops = append(txn.Ops, Op{Kind: kind})
				continue
			}
			what, value, _ := strings.Cut(w, "=")
			op := Op{Kind: Append, List: int(number(what[1:]))}
			if what[0] == 'a' {
				op.Value = number(value)
			} else {
				op.Kind = Read
				for v := range strings.SplitSeq(value, ",") {
					if v != "" {
						op.Values = append(op.Values, number(v))
					}
				}
			}
			txn.Ops = append(txn.Ops, op)
		}
		history = append(history, txn)
	}
	return history
}

// Ensure that each anomaly is found where it is, and no other, and that each level forbids what it forbids.
func TestCheck(t *testing.T) {
	t.Parallel()
	const none = ""
	tests := []struct {
		name    string
		history []string
		// what is found at each level: read committed, repeatable read, serializable
		committed, snapshot, serializable string
	}{
		{"nothing", nil, none, none, none},
		{"one after the other", []string{"0-1 ok a1=1", "2-3 ok r1=1 a1=2", "4-5 ok r1=1,2 r2="}, none, none, none},
		{"concurrent, in any order", []string{"0-9 ok a1=1", "0-9 ok r1=1 a1=2", "0-9 ok r1=", "0-9 ok r1=1,2"},
			none, none, none},
		{"own appends", []string{"0-1 ok a1=1 r1=1 a1=2 r1=1,2", "2-3 ok r1=1,2 a1=3 r1=1,2,3", "4-5 ok r1=1,2,3"},
			none, none, none},
		{"an undone part", []string{"0-1 ok a1=1 ( a1=2 r1=1,2 ! r1=1 ( a1=3 ) r1=1,3", "2-3 ok r1=1,3"}, none, none, none},
		{"an undone part in one that stays", []string{"0-1 ok ( a1=1 ( a1=2 ! a1=3 )", "2-3 ok r1=1,3"}, none, none, none},
		{"what stays in one that is undone", []string{"0-1 ok ( a1=1 ( a1=2 ) ! a1=3", "2-3 ok r1=3"}, none, none, none},
		{"an aborted transaction that nobody saw", []string{"0-1 fail a1=1", "2-3 ok r1="}, none, none, none},
		{"what an aborted transaction read", []string{"0-1 ok a1=1", "2-3 fail r1=1,9", "4-5 ok r1=1"}, none, none, none},
		{"unknown, and has happened", []string{"0-1 info a1=1", "2-3 ok r1=", "4-5 ok r1=1"}, none, none, none},
		{"unknown, and has not", []string{"0-1 info a1=1", "2-3 ok r1="}, none, none, none},
		{"unknown, by what another unknown one read", []string{"0-1 info a1=1", "0-1 info r1=1 a2=1001", "5-6 ok r2=1001",
			"7-8 ok r1=1"},
			none, none, none},

		{"internal: not read", []string{"0-1 ok a1=1 r1=", "2-3 ok r1=1"}, Internal, Internal, Internal},
		{"internal: not at the end", []string{"0-9 ok a1=1 r1=1,2", "0-9 ok a1=2", "10-11 ok r1=1,2"},
			Internal, Internal, Internal},
		{"internal: undone", []string{"0-1 ok ( a1=1 ! r1=1", "2-3 ok r1="}, Internal, Internal, Internal},
		{"garbage", []string{"0-1 ok r1=7"}, Garbage, Garbage, Garbage},
		{"duplicate", []string{"0-1 ok a1=1", "2-3 ok r1=1,1"}, Duplicate, Duplicate, Duplicate},
		{"incompatible order", []string{"0-9 ok a1=1", "0-9 ok a1=2", "0-9 ok r1=1,2", "0-9 ok r1=2"},
			IncompatibleOrder, IncompatibleOrder + " " + GSingle, IncompatibleOrder + " " + GSingle},
		{"stale read", []string{"0-1 ok a1=1", "2-3 ok r1="},
			StaleRead, StaleRead + " " + GSingle + RealTime, StaleRead + " " + GSingle + RealTime},
		{"a lost append", []string{"0-1 ok a1=1", "2-3 ok a1=2", "4-5 ok r1=2"},
			StaleRead + " " + G0 + RealTime, StaleRead + " " + G0 + RealTime + " " + GSingle + RealTime,
			StaleRead + " " + G0 + RealTime + " " + GSingle + RealTime},

		{"G1a", []string{"0-1 fail a1=1", "2-3 ok r1=1"}, G1a, G1a, G1a},
		{"G1a: an undone part", []string{"0-1 ok a1=1 ( a1=2 !", "2-3 ok r1=1,2"}, G1a, G1a, G1a},
		{"G1b", []string{"0-9 ok a1=1 a1=2", "0-9 ok r1=1", "10-11 ok r1=1,2"},
			G1b, G1b + " " + GSingle, G1b + " " + GSingle},
		{"G0", []string{"0-9 ok a1=1 a2=2", "0-9 ok a2=1001 a1=1002", "10-11 ok r1=1,1002 r2=1001,2"}, G0, G0, G0},
		{"G1c", []string{"0-9 ok a1=1 r2=2", "0-9 ok a2=2 r1=1"}, G1c, G1c, G1c},
		{"G1c: of ww and wr", []string{"0-9 ok a1=1 r2=3", "0-9 ok a1=2 a2=3", "10-11 ok r1=1,2 r2=3"}, G1c, G1c, G1c},
		{"G-single: no snapshot", []string{"0-9 ok a1=1 a2=2", "0-9 ok r1= r2=2", "10-11 ok r1=1 r2=2"},
			none, GSingle, GSingle},
		{"G-single: not the same again", []string{"0-9 ok a1=1", "0-9 ok r1= r1=1"}, none, GSingle, GSingle},
		{"G-single: a lost update", []string{"0-9 ok r1= a1=1", "0-9 ok r1= a1=2", "10-11 ok r1=1,2"},
			none, GSingle, GSingle},
		{"G-nonadjacent: snapshots that disagree", []string{"0-9 ok a1=1", "0-9 ok a2=2", "0-9 ok r1=1 r2=",
			"0-9 ok r1= r2=2"},
			none, GNonadjacent, GNonadjacent},
		{"G2-item: write skew", []string{"0-9 ok r1= a2=2", "0-9 ok r2= a1=1", "10-11 ok r1=1 r2=2"}, none, none, G2Item},
		{"G2-item: the anomaly of the one who reads", []string{ // Fekete, O'Neil and O'Neil, 2004
			"0-9 ok r1= r2= a1=1", "1-2 ok a2=2", "3-4 ok r1= r2=2", "10-11 ok r1=1 r2=2"}, none, none, G2Item},

		{"G0 by time", []string{"0-1 ok a1=1", "2-3 ok a1=2", "2-3 ok a1=3", "9-9 ok r1=3,1,2"},
			G0 + RealTime, G0 + RealTime, G0 + RealTime},
		{"G1c by time", []string{"0-1 ok r1=1", "2-3 ok a1=1"}, G1c + RealTime, G1c + RealTime, G1c + RealTime},
		{"G-single by time", []string{"0-9 ok a1=1 a2=2", "0-9 ok r2=2", "2-3 ok r1=1", "4-9 ok r1="},
			none, GSingle + RealTime, GSingle + RealTime},
		{"G-nonadjacent by time", []string{
			"0-9 ok r1= r2=2", "0-4 ok a1=1", "5-9 ok r2=", "0-9 ok a2=2", "10-11 ok r1=1 r2=2"},
			none, GNonadjacent + RealTime, GNonadjacent + RealTime},
		{"G2-item by time", []string{"0-9 ok r1= a2=2", "0-4 ok a1=1", "5-9 ok r2= a3=3", "10-11 ok r1=1 r2=2 r3=3"},
			none, none, G2Item + RealTime},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			history := parse(t, tt.history...)
			wants := map[Level]string{ReadCommitted: tt.committed, Snapshot: tt.snapshot, Serializable: tt.serializable}
			for level, want := range wants {
				var names []string
				for _, a := range Check(level, history) {
					t.Log(level, a.Describe(history))
					names = append(names, a.Name)
				}
				slices.Sort(names)
				wanted := strings.Fields(want)
				slices.Sort(wanted)
				is.Equal(strings.Join(names, " "), strings.Join(wanted, " "))
			}
		})
	}
}
