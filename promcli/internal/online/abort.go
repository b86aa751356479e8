package online

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Abort takes an alteration back that is not complete: it removes the shadow column, its trigger and the state. The
// column is as it was before. It uses conn as [Open] does.
func Abort(ctx context.Context, conn *pgx.Conn, req Request, report func(Event)) error {
	s, err := begin(ctx, conn, req, report)
	if err != nil {
		return err
	}
	t, err := s.look(ctx)
	if err != nil {
		return err
	}
	if err := s.only(ctx, t); err != nil {
		return err
	}
	if t, err = s.look(ctx); err != nil {
		return err
	}
	st, err := s.findState(ctx, t)
	if err != nil {
		return err
	}
	switch {
	case st != nil && st.Column != req.Column:
		return fmt.Errorf("the alteration of table %s that is under way is that of the column %s", req.Table, st.Column)
	case st != nil && st.Phase == phaseSwapped:
		return errors.New("the column is altered already, and foreign keys are still to be validated: run the command " +
			"without --abort")
	case st == nil && !t.Shadow:
		return fmt.Errorf("no alteration of %s.%s is under way", req.Table, req.Column)
	}
	functions, err := s.texts(ctx, `SELECT format('%I.%I', n.nspname, p.proname) FROM pg_catalog.pg_trigger g
		JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
		WHERE g.tgrelid = $1::oid AND g.tgname = $2::text`, t.OID, triggerName)
	if err != nil {
		return err
	}
	statements := []string{"DROP TRIGGER IF EXISTS " + quote(triggerName) + " ON " + t.sql()}
	for _, f := range functions {
		statements = append(statements, "DROP FUNCTION "+f+"()")
	}
	for name := range t.made {
		for _, prefix := range []string{checkName, keyName, notNullName} {
			if strings.HasPrefix(name, prefix) {
				statements = append(statements, "ALTER TABLE "+t.sql()+" DROP CONSTRAINT "+quote(name))
				break
			}
		}
	}
	statements = append(statements, "ALTER TABLE "+t.sql()+" DROP COLUMN IF EXISTS "+quote(shadowName), stateKey,
		t.dropState())
	names, oids := t.tables()
	return s.briefly(ctx, PhaseShadow, "LOCK TABLE "+strings.Join(names, ", ")+" IN ACCESS EXCLUSIVE MODE", oids,
		statements...)
}
