// Package online changes the type of a column of a large PostgreSQL table while programs go on reading and writing.
//
// ALTER TABLE … ALTER COLUMN … TYPE rewrites the table, and nobody can use it meanwhile. Here a shadow column of the
// new type is added beside the column. A trigger fills it for each row that is written, and a backfill fills it for
// the rows that are there, in the order of the primary key and in transactions of a fraction of a second. Then the
// shadow gets what the column has: NOT NULL, CHECKs, foreign keys and indexes, built so that writers do not wait. At
// the end one short transaction swaps the two under a lock that is given up, and tried again, when it does not come at
// once.
//
// What is done is in the table prom_alter and in the catalog, so a run that was killed goes on with the same request.
// The package asks PostgreSQL rather than parsing SQL: temporary tables show what a type is, what a conversion may, and
// how an index or a CHECK reads when its column has another name.
package online

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Request says what to change.
type Request struct {
	Table  string // its name, or schema.name
	Column string
	Type   string // the new type as SQL; empty to go on with an alteration that is under way
	Using  string // the conversion, an expression of the row's columns; without it the assignment cast of the types

	KeepOld  bool // keep the old column, as COLUMN_old with its values at the time of the swap
	Triggers bool // let the table's own triggers run for each row of the backfill, where they cannot be kept from it

	ChunkTime time.Duration // how long one transaction of the backfill should take; zero is 200 ms
	Pause     time.Duration // the pause between two of them
	LockWait  time.Duration // how long to try for a lock of the table, again and again; zero is 10 minutes
}

// Event is what a run tells of its progress.
type Event struct {
	Phase string        `json:"phase"`          // one of the Phase constants
	Text  string        `json:"text,omitempty"` // for people
	Rows  int64         `json:"rows,omitempty"` // of the table that this phase is through with
	Total int64         `json:"total,omitempty"`
	Rate  float64       `json:"rate,omitempty"` // rows a second
	Rest  time.Duration `json:"rest,omitempty"` // estimated, in nanoseconds
}

// The phases of a run, in order. Those from PhaseCopy on are in prom_alter.
const (
	PhaseTry      = "try"      // the conversion of each row is tried; nothing is changed
	PhaseShadow   = "shadow"   // the shadow column and its trigger are added
	PhaseCopy     = "copy"     // the backfill
	PhaseVerify   = "verify"   // each row's shadow is compared with the conversion
	PhaseBuild    = "build"    // constraints and indexes of the shadow
	PhaseSwap     = "swap"     // the shadow takes the column's place
	PhaseValidate = "validate" // foreign keys that refer to the column are validated
)

// Result is what a run did.
type Result struct {
	Rows     int64         // of the table that the backfill went through
	Chunks   int           // transactions of the backfill of this run
	Locked   time.Duration // the longest time for which a lock that writers wait for was held
	LockWait time.Duration // the longest time for which writers may have queued behind a try for such a lock
	Retries  int           // tries for a lock that were given up
	Resumed  bool          // an earlier run had begun
}

// Alter is an alteration that was looked at, see [Open].
type Alter struct {
	s       *session
	t       *table
	made    *definitions
	state   *state
	nothing bool
}

// Open looks at the table and says what cannot be done, as [Refused]. It changes nothing. The Alter uses conn, and
// changes its settings, so conn must be closed after it.
func Open(ctx context.Context, conn *pgx.Conn, req Request, report func(Event)) (*Alter, error) {
	s, err := begin(ctx, conn, req, report)
	if err != nil {
		return nil, err
	}
	t, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	a := &Alter{s: s, t: t}
	if a.state, err = s.findState(ctx, t); err != nil {
		return nil, err
	}
	if a.state != nil {
		if err := a.state.continues(&s.req, t); err != nil {
			return nil, err
		}
		if a.state.Phase == phaseSwapped {
			return a, nil
		}
		if err := s.restoreSettings(ctx, t); err != nil {
			return nil, err
		}
	} else if t.Shadow {
		return nil, fmt.Errorf("table %s has the column %s, but prom_alter does not know it: "+
			"remove what is left of an alteration by --abort", s.req.Table, shadowName)
	}
	if s.req.Type == "" {
		return nil, fmt.Errorf("no alteration of %s.%s is under way: say to which type, with --type", s.req.Table,
			s.req.Column)
	}
	if err := s.refuse(ctx, t); err != nil {
		return nil, err
	}
	if a.made, err = s.try(ctx, t); err != nil {
		return nil, err
	}
	a.nothing = a.state == nil && a.made.typ == t.Type && a.made.collation == t.Collation && s.req.Using == ""
	return a, nil
}

// Nothing reports whether the column has the type already.
func (a *Alter) Nothing() bool { return a.nothing }

// Run does it, or goes on with what an earlier run began. When ctx ends, or after an error, what was done stays, and
// the same request goes on; [Abort] takes it back.
func (a *Alter) Run(ctx context.Context) (Result, error) {
	s := a.s
	s.result.Resumed = a.state != nil
	err := a.run(ctx)
	return s.result, err
}

func (a *Alter) run(ctx context.Context) error {
	s := a.s
	if err := s.only(ctx, a.t); err != nil {
		return err
	}
	// Another run may have ended while this one waited for it.
	st, err := s.findState(ctx, a.t)
	if err != nil {
		return err
	}
	if (st == nil) != (a.state == nil) {
		return errors.New("another session began or ended this alteration at the same time: run the command again")
	}
	if st == nil {
		if err := s.tryRows(ctx, a.t, a.made); err != nil {
			return err
		}
		if st, err = s.addShadow(ctx, a.t, a.made); err != nil {
			return err
		}
	}
	switch st.Phase {
	case PhaseCopy:
		if err := s.backfill(ctx, a.t, st); err != nil {
			return err
		}
		fallthrough
	case PhaseVerify:
		if err := s.verify(ctx, a.t, a.made, st); err != nil {
			return err
		}
		fallthrough
	case PhaseBuild:
		if err := s.buildAndSwap(ctx, st); err != nil {
			return err
		}
	}
	s.result.Rows = st.Rows
	return s.finish(ctx, a.t)
}

// Rewrites reports whether ALTER TABLE would rewrite the table for this change. If not, it takes a moment, and this
// package is not needed.
func (a *Alter) Rewrites() bool { return a.made == nil || a.made.rewrites }
