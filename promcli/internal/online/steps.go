package online

import (
	"fmt"
	"strings"
)

// Steps says what Run does, a line for each step.
func (a *Alter) Steps() (steps []string) {
	add := func(format string, args ...any) { steps = append(steps, fmt.Sprintf(format, args...)) }
	s, t, name := a.s, a.t, a.s.req.Table+"."+a.s.req.Column
	if a.state != nil && a.state.Phase == phaseSwapped {
		add("the column is altered; validate %d foreign keys that refer to it", len(a.state.Todo))
		return steps
	}
	if a.state != nil {
		add("go on with the alteration that is under way, in the phase %s, after %d rows", a.state.Phase, a.state.Rows)
	} else {
		if !a.made.safe {
			add("try to convert each row, before anything is changed")
		}
		add("add the column %s %s, and a trigger that fills it for rows that are written", shadowName, a.made.column())
	}
	if s.req.Using != "" || !a.made.safe {
		add("values are converted by %s, with the settings of this session, such as its time zone", s.conversion())
	}
	if a.state == nil || a.state.Phase == PhaseCopy {
		add("fill it for about %d rows, in transactions of about %s, then compare all values", t.Estimate, s.req.ChunkTime)
	}
	if t.NotNull {
		add("make it NOT NULL, by a CHECK that is validated first")
	}
	for _, ix := range t.Indexes {
		add("build an equivalent of index %s, CONCURRENTLY", ix.Name)
	}
	var after []string
	for _, c := range t.Constraints {
		switch {
		case c.Sort == "c":
			add("add an equivalent of CHECK %s, and validate it", c.Name)
		case c.Readded:
			after = append(after, c.Name+" of "+c.On)
		default:
			add("add an equivalent of foreign key %s, and validate it", c.Name)
		}
	}
	with := ""
	for _, q := range t.Sequences {
		with += ", with the sequence " + q.Bare
	}
	names, _ := t.tables()
	add("ANALYZE, then swap the columns in one transaction%s; it locks %s for a moment", with, strings.Join(names, ", "))
	if a.state == nil && s.req.KeepOld || a.state != nil && a.state.KeepOld {
		add("keep the old column as %s%s, with its values of that time", s.req.Column, oldSuffix)
	} else {
		add("drop the old column; %s becomes the last column of the table", name)
	}
	if after != nil {
		add("add the foreign keys that refer to it again in the same transaction, and validate them afterwards: %s",
			strings.Join(after, ", "))
	}
	return steps
}
