package elle

import (
	"fmt"
	"math"
	"slices"
)

// Outcome is what is known of a transaction's end.
type Outcome string

// The outcomes.
const (
	Committed Outcome = "committed"
	Aborted   Outcome = "aborted" // nothing of it may ever be seen
	Unknown   Outcome = "unknown" // it has happened as a whole or not at all
)

// Kind is what a step of a transaction does.
type Kind string

// The kinds of steps.
const (
	Append  Kind = "append"
	Read    Kind = "read"
	Begin   Kind = "begin"   // of a nested transaction, a savepoint
	Release Kind = "release" // the end of a nested transaction whose work stays
	Undo    Kind = "undo"    // the end of a nested transaction whose work is undone
)

// Op is a step of a transaction that did not fail.
type Op struct {
	Kind   Kind
	List   int     `json:",omitempty"`
	Value  int64   `json:",omitempty"` // that is appended; no other step of the history appends the same
	Values []int64 `json:",omitempty"` // that were read
}

// Txn is a transaction.
type Txn struct {
	Process  int
	Invoked  int64 // when it was called
	Returned int64 // when it had returned
	Outcome  Outcome
	Ops      []Op
}

func (t *Txn) String() string {
	s := fmt.Sprintf("process %d, %d to %d, %s:", t.Process, t.Invoked, t.Returned, t.Outcome)
	for _, op := range t.Ops {
		switch op.Kind {
		case Append:
			s += fmt.Sprintf(" append(%d, %d)", op.List, op.Value)
		case Read:
			s += fmt.Sprintf(" read(%d, %v)", op.List, op.Values)
		default:
			s += " " + string(op.Kind)
		}
	}
	return s
}

// until is when a transaction can have had effects at the latest.
func (t *Txn) until() int64 {
	if t.Outcome == Unknown {
		return math.MaxInt64
	}
	return t.Returned
}

// write is an append that stays when its transaction commits, or one that was undone within it.
type write struct {
	txn    int
	undone bool
	last   bool // of the transaction's appends to this list that stay
}

// read is what a transaction read of a list that others wrote, without its own appends.
type read struct {
	txn, list int
	values    []int64
}

// unfold goes through a transaction's steps. It adds its appends to writes and returns its reads, and an anomaly when
// it did not read its own appends as it should have.
func unfold(no int, t *Txn, writes map[int64]*write) (reads []read, bad *Anomaly) {
	var own []Op // appends that were not undone so far
	var marks []int
	for _, op := range t.Ops {
		switch op.Kind {
		case Append:
			own = append(own, op)
			writes[op.Value] = &write{txn: no}
		case Begin:
			marks = append(marks, len(own))
		case Release:
			marks = marks[:len(marks)-1]
		case Undo:
			mark := marks[len(marks)-1]
			for _, undone := range own[mark:] {
				writes[undone.Value].undone = true
			}
			own, marks = own[:mark], marks[:len(marks)-1]
		case Read:
			var mine []int64
			for _, o := range own {
				if o.List == op.List {
					mine = append(mine, o.Value)
				}
			}
			others := len(op.Values) - len(mine)
			if others < 0 || !slices.Equal(op.Values[others:], mine) {
				if bad == nil {
					why := fmt.Sprintf("list %d was read as %v after the transaction's own appends %v", op.List, op.Values, mine)
					bad = &Anomaly{Name: Internal, Txns: []int{no}, Why: why}
				}
				continue
			}
			reads = append(reads, read{no, op.List, op.Values[:others]})
		}
	}
	last := map[int]*write{}
	for _, o := range own {
		last[o.List] = writes[o.Value]
	}
	for _, w := range last {
		w.last = true
	}
	return reads, bad
}
