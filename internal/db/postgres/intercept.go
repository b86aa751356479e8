package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/internal/db/driver"
)

// written is a table and what is done to it.
type written struct {
	table string
	how   driver.Stores
}

// intercepted reports whether triggers or rules of its table may keep a statement from storing its row, so that what it
// has stored must be looked at before it is committed. A connection asks once for each table.
func (s *session) intercepted(ctx context.Context, c *pgx.Conn, st *driver.Statement) (bool, error) {
	if !st.Stores.Must() {
		return false, nil
	}
	what := written{st.Table, st.Stores}
	if known, ok := s.intercepts[what]; ok {
		return known, nil
	}
	events := postgres.EventInsert
	if st.Stores == driver.StoresUpsert {
		events |= postgres.EventUpdate
	}
	mode := pgx.QueryExecModeExec // nothing is prepared for what is asked once
	if c.Config().DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		mode = pgx.QueryExecModeSimpleProtocol
	}
	var known bool
	if err := c.QueryRow(ctx, postgres.Intercepts, mode, dialect.QuoteTable(st.Table), events).Scan(&known); err != nil {
		return false, ErrorOf(err)
	}
	if s.intercepts == nil {
		s.intercepts = map[written]bool{}
	}
	s.intercepts[what] = known
	return known, nil
}
