package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// streamRoom is how many bytes of a value are held while it is sent.
const streamRoom = 64 << 10

// Stream implements [driver.Streamer]: the message Bind, which holds the arguments, is written to the connection as the
// value comes. Its length goes before it, so that a source that fails leaves the rest to be filled up; the statement is
// not executed then. See "Extended Query" and "Message Formats" in PostgreSQL's manual.
func (t *pgTx) Stream(ctx context.Context, s *driver.Stream) (n int64, err error) {
	if err := t.run(ctx, guardOpen); err != nil {
		return 0, err
	}
	err = errPanicked
	defer func() {
		if errors.Is(err, errPanicked) {
			t.Cut() // in the middle of a message
		}
	}()
	c := t.tx.Conn()
	if n, err = sessionOf(c).stream(ctx, c, s); err != nil {
		err = t.undo(ctx, err)
		return 0, err
	}
	return n, t.settle(ctx)
}

// stream sends a statement whose value is streamed, and reads what the server says to it.
func (s *session) stream(ctx context.Context, c *pgx.Conn, st *driver.Stream) (n int64, err error) {
	p, err := s.parse(ctx, c, "", st.SQL)
	if err != nil {
		return 0, ErrorOf(err)
	}
	s.args.reset()
	args := append([]schema.Value(nil), st.Args...)
	args[st.Arg] = schema.BytesValue(nil)
	if err := s.args.add(p.ParamOIDs, args); err != nil {
		return 0, err
	}
	text, _ := st.Comment.Once(st.SQL)
	before, after, err := s.args.bind(text, p.ParamOIDs, st.Arg, st.Size)
	if err != nil {
		return 0, err
	}
	traced := s.traceQuery(ctx, c, st.SQL, nil)
	if traced != nil {
		ctx = traced
	}
	defer func() { s.traced(traced, pgconn.NewCommandTag(""), err) }()
	wire := &streamWire{c: c.PgConn(), conn: c.PgConn().Conn()}
	sent, err := wire.send(ctx, st, before, after)
	if err != nil && !sent {
		_ = wire.conn.Close() // in the middle of a message
		return 0, err
	}
	n, answer := wire.answer(ctx)
	if err == nil {
		err = answer
	}
	return n, err
}

// bind returns what goes before and behind the streamed argument: Parse and the beginning of Bind, and its end.
func (w *wireArgs) bind(sql string, oids []uint32, arg int, size int64) (before, after []byte, err error) {
	before, err = (&pgproto3.Parse{Query: sql, ParameterOIDs: oids}).Encode(nil)
	if err != nil {
		return nil, nil, err
	}
	be := binary.BigEndian
	before = append(before, 'B')
	at := len(before)
	before = append(be.AppendUint32(before, 0), 0, 0) // the length, and the names of portal and statement, which have none
	before = be.AppendUint16(before, uint16(len(w.formats)))
	for _, f := range w.formats {
		before = be.AppendUint16(before, uint16(f))
	}
	before = be.AppendUint16(before, uint16(len(w.values)))
	add := func(to, value []byte) []byte {
		if value == nil {
			return be.AppendUint32(to, 1<<32-1) // -1, NULL
		}
		return append(be.AppendUint32(to, uint32(len(value))), value...)
	}
	for i, v := range w.values {
		switch {
		case i < arg:
			before = add(before, v)
		case i == arg:
			before = be.AppendUint32(before, uint32(size))
		default:
			after = add(after, v)
		}
	}
	after = be.AppendUint16(after, 0) // the result's columns come in the text format
	be.PutUint32(before[at:], uint32(int64(len(before)-at+len(after))+size))
	return before, after, nil
}

// streamWire writes to the network what pgx would have in memory first.
type streamWire struct {
	c    *pgconn.PgConn
	conn net.Conn
}

// send sends the messages, and reports whether they were sent whole, so that the server will answer.
func (w *streamWire) send(ctx context.Context, st *driver.Stream, before, after []byte) (sent bool, err error) {
	stop := context.AfterFunc(ctx, func() { _ = w.conn.SetWriteDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() { // the deadline is set, or will be
			sent, err = false, driver.EndOfContext(ctx.Err())
		}
	}()
	if _, err := w.conn.Write(before); err != nil {
		return false, ErrorOf(err)
	}
	done, broken := int64(0), error(nil)
	buf := make([]byte, min(streamRoom, st.Size))
	source := driver.CopyStream(ctx, st, buf, func(p []byte, off int64) error {
		if _, broken = w.conn.Write(p); broken == nil {
			done = off + int64(len(p))
		}
		return broken
	})
	if broken == nil {
		broken = w.fill(buf, st.Size-done)
	}
	if broken == nil {
		end := after
		if source == nil {
			end, _ = (&pgproto3.Execute{}).Encode(end) // of the portal without a name
		}
		end, _ = (&pgproto3.Sync{}).Encode(end)
		_, broken = w.conn.Write(end)
	}
	if broken != nil {
		return false, ErrorOf(broken)
	}
	return true, source
}

// fill sends zeros in place of what is missing of a value that is not stored.
func (w *streamWire) fill(buf []byte, n int64) (err error) {
	for clear(buf); n > 0 && err == nil; n -= int64(len(buf)) {
		buf = buf[:min(int64(len(buf)), n)]
		_, err = w.conn.Write(buf)
	}
	return err
}

// answer reads the server's messages up to the end, and returns how many rows the statement changed.
func (w *streamWire) answer(ctx context.Context) (n int64, err error) {
	for {
		msg, readErr := w.c.ReceiveMessage(ctx)
		if readErr != nil && !errors.As(readErr, new(*pgconn.PgError)) {
			_ = w.conn.Close() // what is under way would be taken for the answer to the next statement
			if end := driver.Ended(ctx); end != nil {
				return 0, driver.EndOfContext(end)
			}
			return 0, ErrorOf(readErr)
		}
		switch m := msg.(type) {
		case *pgproto3.ErrorResponse:
			err = ErrorOf(pgconn.ErrorResponseToPgError(m))
		case *pgproto3.CommandComplete:
			n = pgconn.NewCommandTag(string(m.CommandTag)).RowsAffected()
		case *pgproto3.ReadyForQuery:
			return n, err
		}
	}
}
