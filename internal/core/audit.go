package core

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// audit is called before a write to the table. It has an audited table audited.
func (b *binding) audit(ctx context.Context) error {
	if !b.table.Audited {
		return nil
	}
	return install.EnsureAudit(ctx, b.db, b.table)
}

// ascribed reports whether a write needs a transaction of its own, in which the database is told who writes: when there
// is somebody to name, and the table, or one whose rows may go or change with its rows, is audited.
func (b *binding) ascribed(ctx context.Context) bool {
	return db.ActorOf(ctx) != "" && !b.derived && !b.db.InTx(ctx) && !b.db.ReadOnly() && auditedWith(b.db, b.table)
}

// auditedWith reports whether a table is audited, or one of those that refer to it, directly or through others.
func auditedWith(db *db.DB, t *schema.Table) bool {
	if t.Audited {
		return true
	}
	known := db.Known()
	if !slices.ContainsFunc(known, func(k *schema.Table) bool { return k.Audited }) {
		return false
	}
	reached := []*schema.Table{t}
	for i := 0; i < len(reached); i++ {
		for _, k := range known {
			if !slices.Contains(reached, k) && slices.Contains(k.Targets(), reached[i]) {
				if k.Audited {
					return true
				}
				reached = append(reached, k)
			}
		}
	}
	return false
}

// streamable returns an error for a column whose streamed values the audit log would have to hold.
func (r *Repo) streamable(c *schema.Column) error {
	if r.table.Audited && !c.NoAudit {
		return fmt.Errorf("the field %s is audited, and the audit log cannot hold a value that is streamed; "+
			"give the field the tag option noaudit", c.Field)
	}
	return nil
}

// AuditKey returns the text by which the audit log names the row with a key.
func (r *Repo) AuditKey(key []any) (string, error) {
	values, err := r.convertKey(nil, key)
	if err != nil {
		return "", ErrorOf("audit", r.table, err)
	}
	texts := make([]string, len(values))
	for i, v := range values {
		if texts[i], err = auditText(v); err != nil {
			return "", ErrorOf("audit", r.table, fmt.Errorf("the key field %s: %w", r.table.Key[i].Field, err))
		}
	}
	if len(texts) == 1 {
		return texts[0], nil
	}
	return "[" + strings.Join(mapped(texts, auditQuote), ",") + "]", nil
}

func mapped(list []string, fn func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fn(s)
	}
	return out
}

// auditText is a value as both engines cast it to a text.
func auditText(v schema.Value) (string, error) {
	switch kind := v.Kind(); {
	case kind == schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10), nil
	case kind.Integer():
		return strconv.FormatInt(v.Int(), 10), nil
	case kind == schema.Text, kind == schema.UUID:
		return v.Text(), nil
	case kind == schema.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case kind == schema.Bytes:
		return `\x` + hex.EncodeToString(v.Bytes()), nil
	}
	return "", errors.New("a key of this type has no text that is the same on all engines; " +
		"compare the field Key of the entries")
}

// auditQuote quotes a text as both engines do in JSON.
func auditQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			if i := strings.IndexRune("\b\f\n\r\t", r); i >= 0 {
				b.WriteByte('\\')
				b.WriteByte("bfnrt"[i])
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
