package online

import (
	"context"
	"fmt"
	"strings"
)

// buildAndSwap gives the shadow what the column has, and swaps the two. When somebody changes the table meanwhile, it
// looks again.
func (s *session) buildAndSwap(ctx context.Context, st *state) error {
	for range 5 {
		t, err := s.look(ctx)
		if err != nil {
			return err
		}
		if err := s.refuse(ctx, t); err != nil {
			return err
		}
		d, err := s.try(ctx, t)
		if err != nil {
			return err
		}
		if d.column() != st.Type {
			return fmt.Errorf("type %s is not what it was when the alteration began: take it back by --abort", st.Given)
		}
		if err := s.build(ctx, t, d); err != nil {
			return err
		}
		// The statistics of the shadow and of its indexes stay through the swap, so plans are good at once.
		s.say(PhaseBuild, "ANALYZE")
		if err := s.exec(ctx, "ANALYZE "+t.sql()); err != nil {
			return err
		}
		if err = s.swap(ctx, st); err != errChanged {
			return err
		}
		s.say(PhaseBuild, "%v: look again", err)
	}
	return fmt.Errorf("%w, five times: run the same command again when nobody changes it", errChanged)
}

// build makes what is missing.
func (s *session) build(ctx context.Context, t *table, d *definitions) error {
	alter := "ALTER TABLE " + t.sql()
	if t.NotNull && !t.made[shadowName].Valid {
		s.say(PhaseBuild, "NOT NULL")
		err := s.check(ctx, t, notNullName, "CHECK ("+quote(shadowName)+" IS NOT NULL)", true,
			"rows whose converted value is NULL were written since the conversion was tried, and the column is NOT NULL")
		if err != nil {
			return err
		}
		// The valid CHECK spares SET NOT NULL from reading the rows.
		err = s.briefly(ctx, PhaseBuild, "LOCK TABLE "+t.sql()+" IN ACCESS EXCLUSIVE MODE", []uint32{t.OID},
			alter+" ALTER COLUMN "+quote(shadowName)+" SET NOT NULL", alter+" DROP CONSTRAINT "+quote(notNullName))
		if err != nil {
			return err
		}
	}
	for _, ix := range t.Indexes {
		if err := s.index(ctx, t, ix, d.indexes[ix.OID]); err != nil {
			return err
		}
	}
	for _, c := range t.Constraints {
		var err error
		switch {
		case c.Sort == "c":
			err = s.check(ctx, t, fmt.Sprintf("%s%d", checkName, c.OID), d.checks[c.OID], c.Valid,
				"rows violate the CHECK "+c.Name+" after the conversion")
		case c.Sort == "f" && !c.Readded:
			err = s.foreignKey(ctx, t, c, d.keys[c.OID])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// index builds an index of the shadow while others write. One that an earlier run could not complete is dropped.
func (s *session) index(ctx context.Context, t *table, ix index, tail string) error {
	name := fmt.Sprintf("%s%d", indexName, ix.OID)
	qualified := quote(t.Space) + "." + quote(name)
	if m, ok := t.made[name]; ok {
		if m.Valid {
			return nil
		}
		if err := s.exec(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+qualified); err != nil {
			return err
		}
	}
	s.say(PhaseBuild, "index %s", ix.Name)
	if err := s.exec(ctx, "SET default_tablespace = "+literal(ix.Space)); err != nil {
		return err
	}
	err := s.exec(ctx, "CREATE "+unique(ix.Uniq)+"INDEX CONCURRENTLY "+quote(name)+" ON "+t.sql()+" USING "+tail)
	if err == nil {
		return nil
	}
	// An invalid unique index refuses rows of others, so it must not stay.
	if ix.Uniq && ctx.Err() == nil {
		if dropped := s.exec(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+qualified); dropped != nil {
			return fmt.Errorf("%w; and the invalid index %s could not be dropped: %w", err, name, dropped)
		}
	}
	if code(err) == "23505" {
		return fmt.Errorf("converted values are not unique, and index %s is: take the alteration back by --abort, and fix "+
			"the rows, "+
			"or say by --using how to convert them: %w", ix.Name, err)
	}
	return err
}

// check adds a CHECK of the shadow, for new rows at once, then for those that are there, while others write.
func (s *session) check(ctx context.Context, t *table, name, def string, validate bool, violated string) error {
	m, there := t.made[name]
	if !there {
		s.say(PhaseBuild, "CHECK %s", name)
		err := s.briefly(ctx, PhaseBuild, "LOCK TABLE "+t.sql()+" IN ACCESS EXCLUSIVE MODE", []uint32{t.OID},
			"ALTER TABLE "+t.sql()+" ADD CONSTRAINT "+quote(name)+" "+def+" NOT VALID")
		if err != nil {
			return err
		}
	}
	if m.Valid || !validate {
		return nil
	}
	return s.validate(ctx, t, name, violated)
}

func (s *session) validate(ctx context.Context, t *table, name, violated string) error {
	err := s.exec(ctx, "ALTER TABLE "+t.sql()+" VALIDATE CONSTRAINT "+quote(name))
	if c := code(err); !strings.HasPrefix(c, "23") {
		return err
	}
	// It would refuse new rows.
	drop := s.briefly(ctx, PhaseBuild, "LOCK TABLE "+t.sql()+" IN ACCESS EXCLUSIVE MODE", []uint32{t.OID},
		"ALTER TABLE "+t.sql()+" DROP CONSTRAINT "+quote(name))
	if drop != nil {
		return drop
	}
	return fmt.Errorf("%s: take the alteration back by --abort, and fix the rows, or say by --using how to convert them",
		violated)
}

// foreignKey adds a foreign key of the shadow in the same way.
func (s *session) foreignKey(ctx context.Context, t *table, c constraint, def string) error {
	name := fmt.Sprintf("%s%d", keyName, c.OID)
	m, there := t.made[name]
	if !there {
		s.say(PhaseBuild, "foreign key %s", c.Name)
		err := s.briefly(ctx, PhaseBuild, "LOCK TABLE "+t.sql()+", "+c.Parent+" IN SHARE ROW EXCLUSIVE MODE",
			[]uint32{t.OID, c.ParentID}, "ALTER TABLE "+t.sql()+" ADD CONSTRAINT "+quote(name)+" "+def+" NOT VALID")
		if err != nil {
			return err
		}
	}
	if m.Valid || !c.Valid {
		return nil
	}
	return s.validate(ctx, t, name, "rows violate the foreign key "+c.Name+" after the conversion")
}
