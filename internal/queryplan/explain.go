package queryplan

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/sqltext"
)

// Statement is a statement to explain.
type Statement struct {
	// SQL has a question mark, or $1 and so on, for each argument.
	SQL string
	// Args are its arguments. Without them PostgreSQL tells its generic plan.
	Args []any
	// Run says to run it, for the times of its steps. What it writes is rolled back.
	Run bool
	// NoSeqscan asks PostgreSQL for a plan that reads a table as a whole only where no index serves, as for the tables
	// of tests, which are too small for an index to pay.
	NoSeqscan bool
}

// forEngine returns the statement with the placeholders of an engine.
func (s Statement) forEngine(dialect string) (Statement, error) {
	parsed, err := sqltext.Parse(s.SQL)
	if err != nil {
		return s, err
	}
	switch parsed.Lead {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE", "TABLE":
	default:
		return s, fmt.Errorf("%s has no plan: explain a SELECT, INSERT, UPDATE or DELETE", parsed.Lead)
	}
	var b strings.Builder
	for i, part := range parsed.Parts {
		b.WriteString(part)
		if i == len(parsed.Parts)-1 {
			break
		}
		n := i
		if parsed.Args != nil {
			n = parsed.Args[i]
		}
		if dialect == "postgres" {
			b.WriteByte('$')
		} else {
			b.WriteByte('?')
		}
		b.WriteString(strconv.Itoa(n + 1))
	}
	s.SQL = b.String()
	places := s.places()
	if len(s.Args) > 0 && len(s.Args) != places {
		err = fmt.Errorf("the statement has %d arguments, and %d are given", places, len(s.Args))
	}
	if err == nil && s.Run && len(s.Args) != places {
		err = fmt.Errorf("to run the statement takes its arguments: it has %d", places)
	}
	return s, err
}

// places returns how many arguments a statement has.
func (s Statement) places() (n int) {
	for _, t := range tokens(s.SQL) {
		if len(t) > 1 && (t[0] == '$' || t[0] == '?') {
			if i, err := strconv.Atoi(t[1:]); err == nil {
				n = max(n, i)
			}
		}
	}
	return n
}

// Explain returns the plan of a statement on a database. The statement runs, where it does, in a transaction that is
// rolled back.
func Explain(ctx context.Context, db *prom.DB, s Statement) (*Plan, error) {
	name := db.Dialect().Name()
	if name == "sqlite" && !s.Run {
		return explainOwn(ctx, db, s)
	}
	s, err := s.forEngine(name)
	if err != nil {
		return nil, err
	}
	tx, err := begin(ctx, db)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	if s.NoSeqscan && name == "postgres" {
		if _, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
			return nil, err
		}
	}
	return explain(ctx, tx, name, s)
}

func explain(ctx context.Context, tx *sql.Tx, dialect string, s Statement) (*Plan, error) {
	if dialect == "postgres" {
		return explainPostgres(ctx, tx, s)
	}
	return explainSQLite(ctx, tx, s, aliasesOf(s.SQL))
}

// Measure asks how many rows the tables have that the plan reads as a whole, up to limit: PostgreSQL for what it last
// counted (ANALYZE), or else for their size; SQLite counts up to limit.
func (p *Plan) Measure(ctx context.Context, db *prom.DB, limit int64) error {
	handle, err := db.SQL(ctx)
	if err != nil {
		return err
	}
	sizes := map[string]int64{}
	for _, n := range p.Scans(0) {
		size, known := sizes[n.Table]
		if !known {
			if size, err = rowsOf(ctx, handle, db, n.Table, limit); err != nil {
				return err
			}
			sizes[n.Table] = size
		}
		n.Size = size
	}
	return nil
}

func rowsOf(ctx context.Context, q querier, db *prom.DB, table string, limit int64) (n int64, err error) {
	name := db.Dialect().Table(table)
	if db.Dialect().Name() == "postgres" {
		// reltuples is -1 before the first ANALYZE (14 and later; 0 before that).
		err = q.QueryRowContext(ctx,
			"SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass($1)", name).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) || err == nil && n > 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	err = q.QueryRowContext(ctx,
		"SELECT count(*) FROM (SELECT 1 FROM "+name+" LIMIT "+strconv.FormatInt(limit, 10)+") AS t").Scan(&n)
	return n, err
}

// begin begins a transaction beside those of prom.
func begin(ctx context.Context, db *prom.DB) (*sql.Tx, error) {
	handle, err := db.SQL(ctx)
	if err != nil {
		return nil, err
	}
	return handle.BeginTx(ctx, nil)
}
