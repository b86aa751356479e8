package install

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

const unfitAdvice = "change the type of the field or of the column; prom.Plan shows the steps"

type warned struct {
	table  *schema.Table
	column string
}

// warn writes to the log, once for each connection, which columns cannot hold or return their fields.
func warn(ctx context.Context, db *db.DB, t *schema.Table, found *schema.Found) {
	for _, d := range t.Unfit(found) {
		db.Extra(warned{t, d.Name}, func() any { return new(sync.Once) }).(*sync.Once).Do(func() {
			db.Warn(ctx, "prom: a column does not fit its field", slog.String("table", d.Table), slog.String("column", d.Name),
				slog.String("type", d.Have), slog.String("field", d.At.Column.Field), slog.String("advice", unfitAdvice))
		})
	}
}

// taken writes to the log that a table is not renamed, because the one that the option was names is another model's.
func taken(ctx context.Context, db *db.DB, t, other *schema.Table) {
	db.Extra(warned{table: t}, func() any { return new(sync.Once) }).(*sync.Once).Do(func() {
		db.Warn(ctx, "prom: a table is not renamed, because another model has the old name", slog.String("table", t.Name),
			slog.String("was", t.Was),
			slog.String("model", other.Model.String()))
	})
}

// misfit returns the error for columns that cannot hold or return their fields.
func misfit(unfit []*schema.Drift) error {
	e := &driver.Error{Kind: driver.KindDrift, Op: "check", Table: unfit[0].Table}
	texts := make([]string, len(unfit))
	for i, d := range unfit {
		e.Columns, texts[i] = append(e.Columns, d.Name), d.Error()
	}
	e.Detail = strings.Join(texts, "; ") + "; " + unfitAdvice
	return e
}
