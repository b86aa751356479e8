package postgres

import (
	"fmt"
	"slices"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// PartitionBy returns how the rows of a table are divided, see [dialect.Partitioning].
func (Dialect) PartitionBy(t *schema.Table) string {
	switch p := t.Partition; {
	case p == nil:
		return ""
	case p.By == schema.ByHash:
		return "HASH (" + dialect.Quote(p.Column.Name) + ")"
	default:
		return "RANGE (" + dialect.Quote(p.Column.Name) + ")"
	}
}

// serials are the types of generated columns of partitioned tables, which have no identity columns before PostgreSQL
// 17, and of distributed ones, which have none on older versions of Citus.
var serials = map[schema.Kind]string{schema.Int16: "SMALLSERIAL", schema.Int32: "SERIAL", schema.Int64: "BIGSERIAL"}

// counted returns the clauses of a column that the database generates.
func counted(t *schema.Table, c *schema.Column) (cl dialect.Clauses) {
	switch generates := auto(c); {
	case generates != "" && (t.Partition != nil || t.Distribution != nil):
		cl.Type = serials[c.Kind]
	default:
		cl.Auto = generates
	}
	return cl
}

// bounds returns the bounds of a partition.
func bounds(t *schema.Table, p schema.Partition) string {
	switch {
	case p.Default:
		return "DEFAULT"
	case p.Modulus > 0:
		return fmt.Sprintf("FOR VALUES WITH (MODULUS %d, REMAINDER %d)", p.Modulus, p.Rest)
	}
	return "FOR VALUES FROM (" + limit(t, p.From) + ") TO (" + limit(t, p.To) + ")"
}

// limit returns the beginning of a period as a constant. A timestamp without time zone takes it as the same time in
// UTC.
func limit(t *schema.Table, at time.Time) string {
	if t.Partition.Column.Kind == schema.Date {
		return quoteText(timeText(at, "-01-02"))
	}
	return quoteText(timeText(at, "-01-02 15:04:05+00"))
}

// CreatePartition returns the statement that makes a partition, see [dialect.Partitioning].
func (d Dialect) CreatePartition(t *schema.Table, p schema.Partition) string {
	return "CREATE TABLE " + d.Table(p.Name) + " PARTITION OF " + d.Table(t.Name) + " " + bounds(t, p)
}

// AttachPartition returns the statements that make a partition beside the table and attach it, which lets others read
// and write the table, but for its default partition ("ALTER TABLE", section "ATTACH PARTITION"). The rows that belong
// to it must have left that one by then. What moves them fires no triggers: to the table nothing happens. Where
// those of the default partition cannot be disabled, it is detached meanwhile, which locks the table.
func (d Dialect) AttachPartition(t *schema.Table, p schema.Partition, from dialect.PartitionSource) (list []string) {
	whole, part, detached := d.Table(t.Name), d.Table(p.Name), false
	list = append(list, "CREATE TABLE "+part+" (LIKE "+whole+" INCLUDING ALL EXCLUDING IDENTITY)")
	if from.Name != "" {
		rest, column := d.Table(from.Name), dialect.Quote(t.Partition.Column.Name)
		list = append(list, "LOCK TABLE ONLY "+whole+" IN SHARE UPDATE EXCLUSIVE MODE",
			"LOCK TABLE "+rest+" IN ACCESS EXCLUSIVE MODE")
		if from.Columns != nil {
			columns := dialect.QuoteList(from.Columns)
			own := slices.DeleteFunc(slices.Clone(from.Triggers), func(g dialect.PartitionTrigger) bool { return g.Bound })
			if detached = len(own) < len(from.Triggers); detached {
				list = append(list, d.DetachPartition(t, from.Name))
			}
			for _, g := range own {
				list = append(list, "ALTER TABLE "+rest+" DISABLE TRIGGER "+dialect.Quote(g.Name))
			}
			list = append(list, "WITH moved AS (DELETE FROM "+rest+" WHERE "+column+" >= "+limit(t, p.From)+" AND "+column+" < "+
				limit(t, p.To)+" RETURNING "+columns+") INSERT INTO "+part+" ("+columns+") SELECT "+columns+" FROM moved")
			for _, g := range own {
				enable := " ENABLE TRIGGER "
				if g.Always {
					enable = " ENABLE ALWAYS TRIGGER "
				}
				list = append(list, "ALTER TABLE "+rest+enable+dialect.Quote(g.Name))
			}
		}
	}
	list = append(list, "ALTER TABLE "+whole+" ATTACH PARTITION "+part+" "+bounds(t, p))
	if detached {
		list = append(list, "ALTER TABLE "+whole+" ATTACH PARTITION "+d.Table(from.Name)+" DEFAULT")
	}
	return list
}

// DetachPartition returns the statement that detaches a partition. CONCURRENTLY is not for tables with a default one.
func (d Dialect) DetachPartition(t *schema.Table, name string) string {
	return "ALTER TABLE " + d.Table(t.Name) + " DETACH PARTITION " + d.Table(name)
}

// PartitionKey returns a query for how a table is partitioned, see [dialect.Partitioning].
func (Dialect) PartitionKey() string {
	return "SELECT pg_catalog.pg_get_partkeydef(" + relation + ")"
}

// epochOf reads a bound of the partition t from the text of it, and counts it in UTC, in whatever time zone the text
// is. What is no time is none: the query asks for the type of the one column first.
func epochOf(word string) string {
	text := `substring(b.text from '` + word + ` \(''([^'']*)''\)')`
	return `CASE b.type WHEN 'pg_catalog.date'::regtype THEN extract(epoch FROM ` + text + `::date)
		WHEN 'pg_catalog.timestamp'::regtype THEN extract(epoch FROM ` + text + `::timestamp)
		WHEN 'pg_catalog.timestamptz'::regtype THEN extract(epoch FROM ` + text + `::timestamptz) END`
}

// micros writes seconds, which may be infinite.
func micros(seconds string) string {
	return `(SELECT CASE WHEN s.n > -1e12 AND s.n < 1e12 THEN (s.n * 1000000)::bigint::text END FROM (SELECT (` + seconds +
		`)::float8 AS n) AS s)`
}

var partitions = `SELECT ` + reached + `, p.partdefid = t.oid, ` + micros(epochOf("FROM")) + `, ` +
	micros(epochOf("TO")) + `
FROM pg_catalog.pg_partitioned_table p
JOIN pg_catalog.pg_inherits i ON i.inhparent = p.partrelid
JOIN pg_catalog.pg_class t ON t.oid = i.inhrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(t.relpartbound, t.oid) AS text, (SELECT a.atttypid FROM pg_catalog.pg_attribute a
	WHERE p.partnatts = 1 AND p.partstrat = 'r' AND a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]) AS type) AS b
WHERE p.partrelid = ` + relation + `
ORDER BY t.relname::text COLLATE "C"`

// Partitions returns a query for the partitions of a table, see [dialect.Partitioning].
func (Dialect) Partitions() string { return partitions }

// PartitionTriggers returns a query for the triggers of a partition, see [dialect.Partitioning]. Before PostgreSQL 15
// those that a partition has of its table are internal ones, which only a superuser may disable.
func (Dialect) PartitionTriggers() string {
	return `SELECT tgname::text, tgenabled = 'A', tgisinternal FROM pg_catalog.pg_trigger
WHERE tgrelid = ` + relation + ` AND (NOT tgisinternal OR tgparentid <> 0 AND tgconstraint = 0)
	AND tgenabled IN ('O', 'A') ORDER BY tgname`
}

// PartitionPeriods returns a query for the periods of the rows in a partition, see [dialect.Partitioning]. Times before
// the year 1 and the infinite ones have none.
func (d Dialect) PartitionPeriods(t *schema.Table, found *schema.FoundColumn, partition string) string {
	p := t.Partition
	column := dialect.Quote(p.Column.Name)
	at := column + "::timestamp"
	if found.Type == "timestamp with time zone" {
		at = column + " AT TIME ZONE 'UTC'"
	}
	return "SELECT extract(epoch FROM date_trunc('" + string(p.By) + "', " + at + "))::bigint::text, count(*) FROM " +
		d.Table(partition) + " WHERE isfinite(" + column + ") AND " + column + " >= '0001-01-02' " +
		"GROUP BY 1 ORDER BY min(" + column + ")"
}
