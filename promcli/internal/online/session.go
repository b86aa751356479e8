package online

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prom-go/prom/dialect"
)

// Bounds of what others wait for. Together they stay below a second.
const (
	lockBudget   = 250 * time.Millisecond // a try for locks of tables; whoever comes after us waits for it too
	holdBudget   = 400 * time.Millisecond // each statement under such a lock; they change the catalog alone
	rowBudget    = 100 * time.Millisecond // the wait for a locked row, while the backfill holds others
	firstPause   = 100 * time.Millisecond // after a try that was given up
	lastPause    = 3 * time.Second
	defaultChunk = 200 * time.Millisecond
	defaultWait  = 10 * time.Minute
)

// session is a connection with what a run knows. It is used by one goroutine.
type session struct {
	c      *pgx.Conn
	req    Request
	report func(Event)
	result Result
	server int // its version as a number, such as 150004
}

// begin sets a connection up: without the timeouts of its DSN, and so that the server ends what it does soon after this
// process is gone.
func begin(ctx context.Context, c *pgx.Conn, req Request, report func(Event)) (*session, error) {
	if req.ChunkTime <= 0 {
		req.ChunkTime = defaultChunk
	}
	if req.LockWait <= 0 {
		req.LockWait = defaultWait
	}
	s := &session{c: c, req: req, report: report}
	err := s.row(ctx, "SELECT current_setting('server_version_num')::int4", nil, &s.server)
	if err != nil {
		return nil, err
	}
	if s.server < 130000 {
		return nil, errors.New("an online alteration needs PostgreSQL 13 or newer")
	}
	sql := "SET statement_timeout = 0; SET lock_timeout = 0; SET standard_conforming_strings = on; " +
		"SET client_min_messages = warning; SET idle_in_transaction_session_timeout = '10s'; SET row_security = off"
	if s.server >= 140000 {
		sql += "; SET client_connection_check_interval = '1s'"
	}
	if s.server >= 170000 {
		sql += "; SET transaction_timeout = 0"
	}
	return s, s.exec(ctx, sql)
}

// exec runs statements without arguments.
func (s *session) exec(ctx context.Context, sql string) error {
	_, err := s.c.PgConn().Exec(ctx, sql).ReadAll()
	return told(err)
}

// row reads one row. Statements are not prepared, because the types of their results change during a run.
func (s *session) row(ctx context.Context, sql string, args []any, to ...any) error {
	return told(s.c.QueryRow(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...).Scan(to...))
}

// list reads rows into structs by the names of their fields.
func list[T any](ctx context.Context, s *session, sql string, args ...any) ([]T, error) {
	rows, err := s.c.Query(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	if err != nil {
		return nil, told(err)
	}
	l, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[T])
	return l, told(err)
}

// say reports a line for people.
func (s *session) say(phase, format string, args ...any) {
	s.report(Event{Phase: phase, Text: fmt.Sprintf(format, args...)})
}

// runKey is the first half of the advisory lock that a run holds; the second is the table's OID.
const runKey = 0x70726f70

// only makes this session the only one that alters the table. The server may still be busy with a statement of a run
// that was killed, so it waits.
func (s *session) only(ctx context.Context, t *table) error {
	key := fmt.Sprintf("%d, %d::bigint::bit(32)::int4", runKey, t.OID)
	end, told := time.Now().Add(s.req.LockWait), false
	for {
		var got bool
		if err := s.row(ctx, "SELECT pg_try_advisory_lock("+key+")", nil, &got); err != nil {
			return err
		}
		if got {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("another session alters table %s: wait for it, or end it by pg_terminate_backend", s.req.Table)
		}
		if !told {
			told = true
			s.say(PhaseTry, "waiting for another session that alters table %s", s.req.Table)
		}
		if err := sleep(ctx, lockBudget); err != nil {
			return err
		}
	}
}

// briefly runs statements in a transaction that locks tables. It gives up when the locks do not come within lockBudget,
// so that nobody queues behind it for longer, and tries again after a pause.
func (s *session) briefly(ctx context.Context, phase, lock string, oids []uint32, statements ...string) error {
	script := fmt.Sprintf("BEGIN; SET LOCAL statement_timeout = %d; %s; SELECT extract(epoch FROM "+
		"clock_timestamp())::text; "+
		"SET LOCAL statement_timeout = %d;\n%s;\nSELECT extract(epoch FROM clock_timestamp())::text; COMMIT",
		lockBudget.Milliseconds(), lock, holdBudget.Milliseconds(), strings.Join(statements, ";\n"))
	start, pause, said := time.Now(), firstPause, time.Time{}
	for {
		try := time.Now()
		results, err := s.c.PgConn().Exec(ctx, script).ReadAll()
		took := time.Since(try)
		if err == nil {
			var times []float64
			for _, r := range results {
				if len(r.Rows) == 1 && len(r.Rows[0]) == 1 {
					var at float64
					if _, err := fmt.Sscan(string(r.Rows[0][0]), &at); err == nil {
						times = append(times, at)
					}
				}
			}
			if len(times) >= 2 {
				held := time.Duration((times[len(times)-1] - times[0]) * float64(time.Second))
				s.result.Locked, s.result.LockWait = max(s.result.Locked, held), max(s.result.LockWait, took)
			}
			return nil
		}
		if rollback := s.exec(context.WithoutCancel(ctx), "ROLLBACK"); rollback != nil && ctx.Err() == nil {
			return told(err)
		}
		if !busy(err) {
			return told(err)
		}
		s.result.Retries++
		s.result.LockWait = max(s.result.LockWait, took)
		if time.Since(start) > s.req.LockWait {
			return fmt.Errorf("no lock within %s, because of %s: run the same command again when these transactions have ended",
				s.req.LockWait, s.holders(ctx, oids))
		}
		if time.Since(said) > 5*time.Second {
			said = time.Now()
			s.say(phase, "waiting for a lock, because of %s", s.holders(ctx, oids))
		}
		if err := sleep(ctx, pause/2+rand.N(pause)); err != nil {
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

// holders names the sessions that use tables, without their statements, which may hold values.
func (s *session) holders(ctx context.Context, oids []uint32) string {
	ids := make([]string, len(oids))
	for i, oid := range oids {
		ids[i] = fmt.Sprint(oid)
	}
	var text string
	err := s.row(ctx, `SELECT coalesce(string_agg(DISTINCT format('session %s (%s, in a transaction for %s s)', a.pid,
		a.state,
			round(extract(epoch FROM clock_timestamp() - a.xact_start))), ', '), 'short transactions')
		FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
		WHERE l.granted AND l.locktype = 'relation' AND a.pid <> pg_backend_pid()
			AND a.xact_start < clock_timestamp() - interval '1 s' AND l.relation IN (`+strings.Join(ids, ", ")+")", nil, &text)
	if err != nil {
		return "other transactions"
	}
	return text
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// busy reports whether a try failed because others hold locks.
func busy(err error) bool {
	switch code(err) {
	case "55P03", "57014", "40P01", "40001", "55006":
		return true
	}
	return false
}

// code is the SQLSTATE of an error, "" for another one.
func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// serverError is an error of the server without the parts that hold values of rows.
type serverError struct {
	text  string
	cause error
}

func (e serverError) Error() string { return e.text }
func (e serverError) Unwrap() error { return e.cause }

// told makes an error of the server one that may be shown: the messages of data errors hold values of rows.
func told(err error) error {
	var pg *pgconn.PgError
	if err == nil || !errors.As(err, &pg) || errors.As(err, &serverError{}) {
		return err
	}
	text := pg.Message
	switch pg.Code[:2] {
	case "22", "P0":
		text = "a value cannot be converted"
	case "23":
		text = "rows violate a constraint"
		if pg.ConstraintName != "" {
			text = "rows violate the constraint " + pg.ConstraintName
		}
	}
	return serverError{text + " (SQLSTATE " + pg.Code + ")", err}
}

func quote(name string) string { return dialect.Quote(name) }

// literal is a text in SQL.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// dollar quotes a text that may hold quotes.
func dollar(text string) string {
	tag := "$prom$"
	for i := 0; strings.Contains(text, tag); i++ {
		tag = fmt.Sprintf("$prom%d$", i)
	}
	return tag + text + tag
}
