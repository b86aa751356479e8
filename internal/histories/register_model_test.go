package histories

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/matryer/is"
)

// call is one call on one register, as it was seen from outside.
type call struct {
	Client       int
	Key          int64
	Input        input
	Output       output
	Call, Return int64
}

// input is what was asked for.
type input struct {
	Do string // a key of steps
	A  int64  // the value that is written or added
	B  int64  // the value or version that the row must have
	// Soft says that the model has soft deletion. What others do between a write that misses its row and the look for it
	// makes one of ErrStale and ErrNotFound the other, then.
	Soft bool
	By   string // the method by which it was done, for people who read histories
}

// output is what was answered.
type output struct {
	Outcome        string // one of those below, which steps tell too
	Row            bool   // the row is told: the one written, or of a deletion the one that was there
	Value, Version int64
}

// The outcomes.
const (
	done     = "done"
	none     = "none"    // ErrNotFound, no row counted, or left alone
	stale    = "stale"   // ErrStale
	taken    = "taken"   // ErrUnique
	updated  = "updated" // an insert that has met a row, and updated it
	foundRow = "found"   // an insert that has met a row, and read it
	unknown  = "unknown" // ErrOutcomeUnknown
)

// register is the state of a row. Its zero value is no row.
type register struct {
	There          bool
	Gone           bool // it is there, and soft-deleted
	Value, Version int64
}

// write is a row after another write.
func (r register) write(value int64) register { return register{true, r.Gone, value, r.Version + 1} }

// mark is a row after it was soft-deleted or restored.
func (r register) mark(gone bool) register { return register{true, gone, r.Value, r.Version + 1} }

func (r register) visible() bool { return r.There && !r.Gone }

// steps are what each call does when nothing else happens: it returns the outcome, the register afterwards, and the row
// that may be told.
var steps = map[string]func(r register, in input) (outcome string, next, row register){
	"read": func(r register, _ input) (string, register, register) { return when(r.visible(), none, r, r) },
	"create": func(r register, in input) (string, register, register) {
		return when(!r.There, taken, r, r.write(in.A))
	},
	"save": func(r register, in input) (string, register, register) {
		if !r.visible() {
			return none, r, r
		}
		return when(r.Version == in.B, stale, r, r.write(in.A))
	},
	"delete": func(r register, in input) (string, register, register) {
		if r.There && r.Version != in.B {
			return stale, r, r
		}
		return when(r.There, none, r, register{})
	},
	"delete key": func(r register, _ input) (string, register, register) {
		if !r.visible() {
			return none, r, r
		}
		return done, register{}, r
	},
	"mark": func(r register, in input) (string, register, register) {
		if !r.visible() {
			return none, r, r
		}
		return when(r.Version == in.B, stale, r, r.mark(true))
	},
	"mark key": func(r register, _ input) (string, register, register) {
		return when(r.visible(), none, r, r.mark(true))
	},
	"restore": func(r register, in input) (string, register, register) {
		if !r.Gone {
			return none, r, r
		}
		return when(r.Version == in.B, stale, r, r.mark(false))
	},
	"restore key": func(r register, _ input) (string, register, register) {
		return when(r.Gone, none, r, r.mark(false))
	},
	"set": func(r register, in input) (string, register, register) {
		return when(r.visible(), none, r, r.write(in.A))
	},
	"set if value": func(r register, in input) (string, register, register) {
		return when(r.visible() && r.Value == in.B, none, r, r.write(in.A))
	},
	"set if version": func(r register, in input) (string, register, register) {
		return when(r.visible() && r.Version == in.B, none, r, r.write(in.A))
	},
	"add": func(r register, in input) (string, register, register) {
		return when(r.visible(), none, r, r.write(r.Value+in.A))
	},
	"upsert": func(r register, in input) (string, register, register) { // which does not tell whether it has inserted
		r.Gone = false
		return done, r.write(in.A), r.write(in.A)
	},
	"insert or add": func(r register, in input) (string, register, register) {
		return when(!r.There, updated, r.write(r.Value+in.A), r.write(in.A))
	},
	"insert or nothing": func(r register, in input) (string, register, register) {
		return when(!r.There, none, r, r.write(in.A))
	},
	"insert or read": func(r register, in input) (string, register, register) {
		if r.Gone {
			return taken, r, r
		}
		return when(!r.There, foundRow, r, r.write(in.A))
	},
}

// when returns what has been done, or else the other outcome.
func when(ok bool, outcome string, other, next register) (string, register, register) {
	if ok {
		return done, next, next
	}
	return outcome, other, other
}

// step is the porcupine model's: may a call have had this answer, and what is the register afterwards.
func step(r register, in input, out output) (bool, register) {
	outcome, next, row := steps[in.Do](r, in)
	if out.Outcome == unknown { // it has happened here, or, at the end of all, it has not
		return true, next
	}
	misses := []string{none, stale}
	if in.Soft && slices.Contains(misses, outcome) && slices.Contains(misses, out.Outcome) {
		return true, next
	}
	ok := out.Outcome == outcome && (!out.Row || out.Value == row.Value && out.Version == row.Version)
	return ok, next
}

var registerModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[int64][]porcupine.Operation{}
		for _, o := range history {
			byKey[o.Metadata.(int64)] = append(byKey[o.Metadata.(int64)], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range byKey {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return register{} },
	Step: func(state, in, out any) (bool, any) { return step(state.(register), in.(input), out.(output)) },
	Hash: func(state any) uint64 {
		r := state.(register)
		return uint64(r.Value)*0x9e3779b97f4a7c15 ^ uint64(r.Version)
	},
}

// linearizable looks for an order of the calls that explains their answers. A call whose outcome is unknown may have
// its effect at any time after it was called, and so after all others, where nobody sees it: that is as if it had not
// happened.
func linearizable(calls []call) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(registerModel, operations(calls), checkTimeout)
}

const checkTimeout = time.Minute

func operations(calls []call) (history []porcupine.Operation) {
	for _, c := range calls {
		if c.Output.Outcome == unknown {
			c.Return = math.MaxInt64
		}
		history = append(history, porcupine.Operation{ClientId: c.Client, Input: c.Input, Output: c.Output,
			Call: c.Call, Return: c.Return, Metadata: c.Key})
	}
	return history
}

// describe tells of each register without an order the longest one that explains part of the calls, and the calls that
// are left.
func describe(calls []call) string {
	var b strings.Builder
	for _, part := range registerModel.Partition(operations(calls)) {
		result, info := porcupine.CheckOperationsVerbose(registerModel, part, checkTimeout)
		if result == porcupine.Ok {
			continue
		}
		begin := part[0].Call
		line := func(o porcupine.Operation) {
			in, until := o.Input.(input), "…"
			if o.Return != math.MaxInt64 {
				until = strconv.FormatInt((o.Return-begin)/1000, 10)
			}
			fmt.Fprintf(&b, "  %8d to %8s µs, client %4d: %s (%s) %d %d: %+v\n",
				(o.Call-begin)/1000, until, o.ClientId, in.Do, in.By, in.A, in.B, o.Output)
		}
		fmt.Fprintf(&b, "register %d: %s, in this order\n", part[0].Metadata, result)
		var longest []porcupine.Operation
		for _, l := range info.PartialLinearizationsOperations()[0] {
			if len(l) > len(longest) {
				longest = l
			}
		}
		for _, o := range longest {
			line(o)
		}
		fmt.Fprintln(&b, "and these are left:")
		for _, o := range part {
			same := func(l porcupine.Operation) bool { return l.Call == o.Call && l.ClientId == o.ClientId }
			if !slices.ContainsFunc(longest, same) {
				line(o)
			}
		}
	}
	return b.String()
}

// Ensure that histories which have an order are told from those that have none.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	at := func(from, to int64, do string, a, b int64, out output) call {
		return call{Input: input{Do: do, A: a, B: b}, Output: out, Call: from, Return: to}
	}
	row := func(outcome string, value, version int64) output { return output{outcome, true, value, version} }
	tests := []struct {
		name  string
		calls []call
		want  porcupine.CheckResult
	}{
		{"create and read", []call{
			at(0, 1, "create", 7, 0, row(done, 7, 1)),
			at(2, 3, "read", 0, 0, row(done, 7, 1))}, porcupine.Ok},
		{"a stale read", []call{
			at(0, 1, "create", 7, 0, row(done, 7, 1)),
			at(2, 3, "read", 0, 0, output{Outcome: none})}, porcupine.Illegal},
		{"a read at the same time", []call{
			at(0, 2, "create", 7, 0, row(done, 7, 1)),
			at(1, 3, "read", 0, 0, output{Outcome: none})}, porcupine.Ok},
		{"a write that has happened twice", []call{
			at(0, 1, "create", 7, 0, row(done, 7, 1)),
			at(2, 3, "set", 8, 0, output{Outcome: done}),
			at(4, 5, "read", 0, 0, row(done, 8, 3))}, porcupine.Illegal},
		{"a lost increment", []call{
			at(0, 1, "create", 7, 0, row(done, 7, 1)),
			at(2, 5, "add", 1, 0, row(done, 8, 2)),
			at(2, 5, "add", 2, 0, row(done, 9, 2))},
			porcupine.Illegal},
		{"unknown, and has happened", []call{
			at(0, 1, "create", 7, 0, output{Outcome: unknown}),
			at(4, 5, "read", 0, 0, output{Outcome: none}),
			at(6, 7, "read", 0, 0, row(done, 7, 1))}, porcupine.Ok},
		{"unknown, and has not", []call{
			at(0, 1, "create", 7, 0, output{Outcome: unknown}),
			at(4, 5, "read", 0, 0, output{Outcome: none})}, porcupine.Ok},
		{"unknown, and seen and gone", []call{
			at(0, 1, "create", 7, 0, output{Outcome: unknown}),
			at(4, 5, "read", 0, 0, row(done, 7, 1)),
			at(6, 7, "read", 0, 0, output{Outcome: none})}, porcupine.Illegal},
		{"two that delete one row", []call{
			at(0, 1, "create", 7, 0, row(done, 7, 1)),
			at(2, 5, "delete key", 0, 0, output{Outcome: done}),
			at(2, 5, "delete", 0, 1, output{Outcome: done})}, porcupine.Illegal},
		{"stale though fresh", []call{
			at(0, 1, "create", 7, 0, row(done, 7, 1)),
			at(2, 3, "save", 8, 1, output{Outcome: stale})}, porcupine.Illegal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			is.Equal(linearizable(tt.calls), tt.want)
			is.Equal(describe(tt.calls) == "", tt.want == porcupine.Ok)
		})
	}
}
