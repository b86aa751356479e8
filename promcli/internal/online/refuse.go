package online

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
)

// Refused is the error for a column that cannot be altered in this way. Each reason names what is in the way, and what
// to do.
type Refused struct {
	Table, Column string
	Reasons       []string
}

func (r *Refused) Error() string {
	return "cannot alter " + r.Table + "." + r.Column + " online: " + strings.Join(r.Reasons, "; ")
}

// dependent is a row of the query for what depends on a table.
type dependent struct {
	Sort, Name       string
	Listed           bool
	Col, Text, Holds *string
}

// refuse looks for what cannot be carried over to another column.
func (s *session) refuse(ctx context.Context, t *table) error {
	var reasons []string
	no := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	const alter = "use ALTER TABLE in a time without users"
	if t.Kind != "r" {
		no("it is no ordinary table; %s", alter)
	} else if len(t.Key) == 0 {
		no("the table has no primary key, in whose order its rows are read; add one")
	}
	if t.Partition {
		no("the table is a partition, whose columns are those of its parent; %s", alter)
	}
	if !t.Owned {
		no("this user does not own the table; run it as the owner")
	}
	if t.Rules {
		no("the table has rules, which rewrite the updates of the backfill; replace them by triggers")
	}
	if t.Secured {
		no("row security hides rows from this user; run it as a user with BYPASSRLS")
	}
	if t.Generated != "" {
		no("the column is generated; drop it and add it with the new type")
	}
	if strings.HasPrefix(s.req.Column, "prom_alter") {
		no("names that begin with prom_alter are those of this command; rename the column")
	}
	if s.req.KeepOld && len(s.req.Column)+len(oldSuffix) > 63 {
		no("the name %s%s is longer than 63 bytes; do it without keeping the old column", s.req.Column, oldSuffix)
	}
	found, err := list[dependent](ctx, s, numbered(postgres.Dialect{}.Dependents()), dialect.QuoteTable(s.req.Table))
	if err != nil {
		return err
	}
	for _, d := range found {
		about := d.Col != nil && *d.Col == s.req.Column
		switch {
		case d.Sort == "inheritance" || d.Sort == "partitions" || d.Sort == "partition key":
			if text := fmt.Sprintf("the table has %s %s; %s", d.Sort, d.Name, alter); !slices.Contains(reasons, text) {
				reasons = append(reasons, text)
			}
		case about && d.Sort != "foreign key" && d.Sort != "publication" && d.Holds != nil && strings.ContainsAny(*d.Holds,
			"td"):
			no("%s %s uses the column; drop it before, and create it again afterwards", d.Sort, d.Name)
		}
	}
	generated, err := s.texts(ctx, `SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::oid
		AND a.attgenerated <> '' AND NOT a.attisdropped AND strpos($2::text, a.attname) > 0`, t.OID, s.req.Using)
	if err != nil {
		return err
	}
	for _, name := range generated {
		no("the conversion uses the generated column %s, which has no value yet when a trigger runs; use its expression", name)
	}
	publications, err := s.texts(ctx, `SELECT p.pubname::text FROM pg_catalog.pg_publication_tables p
		WHERE p.schemaname = $1::text AND p.tablename = $2::text ORDER BY 1`, t.Space, t.Name)
	if err != nil {
		return err
	}
	for _, name := range publications {
		no("publication %s sends the table's columns, and subscribers do not have the shadow column; "+
			"take the table out of it, and subscribe again afterwards", name)
	}
	s.refuseObjects(t, no)
	if err := s.refuseTriggers(ctx, t, no); err != nil {
		return err
	}
	if reasons != nil {
		return &Refused{s.req.Table, s.req.Column, reasons}
	}
	return nil
}

// refuseObjects looks at indexes and constraints.
func (s *session) refuseObjects(t *table, no func(format string, args ...any)) {
	for _, ix := range t.Indexes {
		switch {
		case ix.Exclusion:
			no("exclusion constraint %s cannot be built while others write; drop it before, and add it afterwards",
				ix.Constraint)
		case ix.Deferrable:
			no("constraint %s is DEFERRABLE, and its equivalent would be checked at once meanwhile; make it NOT DEFERRABLE",
				ix.Constraint)
		case !ix.Valid:
			no("index %s is invalid; drop it, or REINDEX it", ix.Name)
		}
	}
	for _, c := range t.Constraints {
		switch {
		case c.Sort != "f":
		case c.Readded && c.OnKind == "p":
			no("foreign key %s of the partitioned table %s cannot be added without reading all rows; %s", c.Name, c.On,
				"drop it before, and add it afterwards")
		case !c.OnOwned:
			no("foreign key %s lies on %s, which this user does not own; run it as the owner of both", c.Name, c.On)
		}
	}
}

// refuseTriggers looks at triggers that the backfill would run, and at those that run behind the shadow's.
func (s *session) refuseTriggers(ctx context.Context, t *table, no func(format string, args ...any)) error {
	replica, err := s.quiet(ctx)
	if err != nil {
		return err
	}
	for _, g := range t.Triggers {
		switch {
		case g.Name == triggerName:
		case g.Before && g.Name > triggerName:
			no("trigger %s would run behind that of the shadow column, and could change the value; rename it", g.Name)
		case !g.Update || s.req.Triggers:
		case g.Enabled == "A" || g.Enabled == "R":
			no("trigger %s is ENABLE %s and would run for each row of the backfill; allow it with --triggers, or disable it",
				g.Name, map[string]string{"A": "ALWAYS", "R": "REPLICA"}[g.Enabled])
		case !replica:
			no("trigger %s would run for each row of the backfill; allow it with --triggers, or run it as a user that may "+
				"set session_replication_role", g.Name)
		}
	}
	return nil
}

// quiet tells whether this user may keep triggers from the backfill.
func (s *session) quiet(ctx context.Context) (may bool, err error) {
	err = s.exec(ctx, "SET session_replication_role = replica; SET session_replication_role = DEFAULT")
	if code(err) == "42501" {
		return false, nil
	}
	return err == nil, err
}

// texts reads one column.
func (s *session) texts(ctx context.Context, sql string, args ...any) ([]string, error) {
	type row struct{ V string }
	l, err := list[row](ctx, s, "SELECT v.* FROM ("+sql+") AS v(v)", args...)
	texts := make([]string, len(l))
	for i, r := range l {
		texts[i] = r.V
	}
	return texts, err
}

// numbered gives the one argument of a query of the dialect its number.
func numbered(sql string) string { return strings.ReplaceAll(sql, "?::text", "$1::text") }
