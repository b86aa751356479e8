package schema

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// PartitionBy says by what the rows of a table are divided among its partitions.
type PartitionBy string

// The ways to divide a table: by periods of a time, which begin at midnight UTC, weeks on Monday, or by the hash of a
// column.
const (
	ByDay   PartitionBy = "day"   // a partition for each day
	ByWeek  PartitionBy = "week"  // a partition for each week
	ByMonth PartitionBy = "month" // a partition for each month
	ByYear  PartitionBy = "year"  // a partition for each year
	ByHash  PartitionBy = "hash"  // a fixed number of partitions, by the hash of a column
)

var partitionWays = []PartitionBy{ByDay, ByWeek, ByMonth, ByYear, ByHash}

// Known reports whether it is one of the ways.
func (by PartitionBy) Known() bool { return slices.Contains(partitionWays, by) }

// maxPartitions bounds the partitions of one hash: each is opened to plan a query that does not name the column.
const maxPartitions = 1024

// Partitioning is how PostgreSQL divides the rows of a table, as the tag option partition tells.
type Partitioning struct {
	By     PartitionBy // how the rows are divided
	Column *Column     // by which they are
	Count  int         // of ByHash: how many partitions there are
}

// String returns the value of the tag option.
func (p *Partitioning) String() string { return string(p.By) + "(" + p.Column.Name + ")" }

// Partition is one part of a partitioned table.
type Partition struct {
	Name     string    // as [Table.Name] has it
	Default  bool      // it takes the rows that no other one takes
	From, To time.Time // its period, without To; zero for another partition
	Modulus  int       // of ByHash, else 0
	Rest     int       // the remainder
}

// Start returns the beginning of the period that a moment is in.
func (p *Partitioning) Start(at time.Time) time.Time {
	year, month, day := at.UTC().Date()
	switch p.By {
	case ByYear:
		month, day = time.January, 1
	case ByMonth:
		day = 1
	case ByWeek:
		day -= (int(at.UTC().Weekday()) + 6) % 7 // days since Monday
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Add returns the beginning of the period that is n periods after the one which begins at start.
func (p *Partitioning) Add(start time.Time, n int) time.Time {
	switch p.By {
	case ByYear:
		return start.AddDate(n, 0, 0)
	case ByMonth:
		return start.AddDate(0, n, 0)
	case ByWeek:
		return start.AddDate(0, 0, 7*n)
	}
	return start.AddDate(0, 0, n)
}

// Period returns the partition of the period which begins at start. Its name has that day.
func (t *Table) Period(start time.Time) Partition {
	return Partition{Name: t.part(start.Format("20060102")), From: start, To: t.Partition.Add(start, 1)}
}

// DefaultPartition returns the partition for the rows that no other one takes.
func (t *Table) DefaultPartition() Partition {
	return Partition{Name: t.part("default"), Default: true}
}

// part returns the name of a partition, which lies in the schema of its table.
func (t *Table) part(name string) string { return JoinName(t.Schema(), IndexName(t.Name, name)) }

// Parts returns the partitions that a table has from its beginning: by hash all of them, else the default one, and
// those of the period of a moment and of the next one. Without a moment the default one is alone.
func (t *Table) Parts(now time.Time) (list []Partition) {
	p := t.Partition
	switch {
	case p == nil:
		return nil
	case p.By == ByHash:
		for i := range p.Count {
			list = append(list, Partition{Name: t.part(strconv.Itoa(i)), Modulus: p.Count, Rest: i})
		}
		return list
	}
	list = append(list, t.DefaultPartition())
	if !now.IsZero() {
		start := p.Start(now)
		list = append(list, t.Period(start), t.Period(p.Add(start, 1)))
	}
	return list
}

// IsPart reports whether a name is one that a partition of the table gets.
func (t *Table) IsPart(name string) bool {
	space, local := SplitName(name)
	rest, ok := strings.CutPrefix(local, t.Local()+"_")
	if t.Partition == nil || space != t.Schema() {
		return false
	}
	if !ok { // a long name ends with a hash
		return len(local) == MaxName && strings.HasPrefix(t.Local(), local[:MaxName-len("_00000000")])
	}
	return rest == "default" || rest != "" && strings.Trim(rest, "0123456789") == ""
}

// FoundPartition is a partition that a table has. Its bounds are microseconds since 1970 in UTC, math.MinInt64 and
// math.MaxInt64 where it has none or they are no times.
type FoundPartition struct {
	Name     string // as [Table.Name] has it
	Default  bool   // it takes the rows that no other one takes
	From, To int64  // its bounds, without To, in microseconds since 1970
}

// Is reports whether the partition has the bounds of a period.
func (f *FoundPartition) Is(p Partition) bool {
	return !f.Default && f.From == p.From.UnixMicro() && f.To == p.To.UnixMicro()
}

// Overlaps reports whether the partition takes rows of a period.
func (f *FoundPartition) Overlaps(p Partition) bool {
	return !f.Default && f.From < p.To.UnixMicro() && f.To > p.From.UnixMicro()
}

// Starts returns the beginning of the period that the partition is exactly, false for another one.
func (f *FoundPartition) Starts(p *Partitioning) (start time.Time, ok bool) {
	if f.Default || f.From == math.MinInt64 || f.To == math.MaxInt64 {
		return start, false
	}
	start = time.UnixMicro(f.From).UTC()
	return start, p.Start(start).Equal(start) && p.Add(start, 1).UnixMicro() == f.To
}

// partitionTag is the tag option partition, before all columns are known.
type partitionTag struct{ how, count, prefix string }

// setPartition reads the tag of a blank field that has the table partitioned.
func (b *builder) setPartition(tg *tag, in place) error {
	how, _ := tg.value("partition")
	count, counted := tg.value("partitions")
	options := 1
	if counted {
		options++
	}
	switch {
	case how == "":
		return errors.New("partitions needs the option partition=hash(column)")
	case tg.name != "" || len(tg.items) > options:
		return errors.New("partition and partitions stand alone on a blank field _")
	case b.divided.how != "":
		return errors.New("the model has the option partition already")
	}
	b.divided = partitionTag{how, count, in.column}
	return nil
}

// makePartitioning checks and keeps how the table is partitioned, once its columns and indexes are known.
func (b *builder) makePartitioning() error {
	if b.divided.how == "" {
		return nil
	}
	if err := b.readPartitioning(); err != nil {
		return fmt.Errorf("field _: partition=%s: %w", b.divided.how, err)
	}
	return nil
}

func (b *builder) readPartitioning() error {
	t := b.table
	way, rest, _ := strings.Cut(b.divided.how, "(")
	name, closed := strings.CutSuffix(strings.TrimSpace(rest), ")")
	p := &Partitioning{By: PartitionBy(strings.TrimSpace(way))}
	if !closed || !p.By.Known() {
		return errors.New("write day(column), week(column), month(column), year(column), " +
			"or hash(column) with the option partitions")
	}
	if p.Column = b.named(strings.TrimSpace(name), b.divided.prefix); p.Column == nil {
		return fmt.Errorf("there is no column %q; the columns are %s", name, strings.Join(ColumnNames(t.Columns), ", "))
	}
	var err error
	switch c := p.Column; {
	case t.View:
		return errors.New("the model is one of a view, which has no partitions")
	case c.Null:
		return fmt.Errorf("the column %s takes NULL, which belongs to no partition; its field must not be a pointer", c.Name)
	case c.Generated != "":
		return fmt.Errorf("the column %s is generated, and PostgreSQL does not partition by one", c.Name)
	case p.By == ByHash:
		if p.Count, err = strconv.Atoi(b.divided.count); err != nil || p.Count < 1 || p.Count > maxPartitions {
			return fmt.Errorf("hash needs the number of partitions, from 1 to %d: partition=hash(%s),partitions=8",
				maxPartitions, c.Name)
		}
		if c.Kind == JSON || c.Kind == Any || c.Kind.IsList() {
			return fmt.Errorf("the column %s of type %s cannot be hashed", c.Name, c.Type)
		}
	case b.divided.count != "":
		return errors.New("partitions is for hash alone; a time has a partition for each period")
	case c.Kind != Time && c.Kind != Date || c.Scanner:
		return fmt.Errorf("%s needs a time.Time, not the column %s of type %s", p.By, c.Name, c.Type)
	}
	t.Partition = p
	return t.checkPartitioned()
}

// checkPartitioned returns an error when a unique index or the key cannot be one of a partitioned table.
func (t *Table) checkPartitioned() error {
	return t.checkHolds(t.Partition.Column, "partitioned table", "partition column")
}

// checkHolds returns an error when the key or a unique index lacks a column, by which the rows are divided: each part
// of the table knows only its own rows.
func (t *Table) checkHolds(c *Column, whole, what string) error {
	if len(t.Key) > 0 && !slices.Contains(t.Key, c) {
		return fmt.Errorf("the primary key (%s) lacks the %s %s, and PostgreSQL keeps a key unique only within "+
			"a part of a %s; give the field %s the option key",
			strings.Join(ColumnNames(t.Key), ", "), what, c.Name, whole, c.Field)
	}
	for _, ix := range t.Indexes {
		if ix.Unique && !slices.ContainsFunc(ix.Columns, func(ic IndexColumn) bool { return ic.Column == c }) {
			return fmt.Errorf("the unique index %s lacks the %s %s, and PostgreSQL keeps values unique only within "+
				"a part of a %s; add the column to it, as in _ struct{} `prom:\"unique=%s,on='%s, %s'\"`, "+
				"or make it an index that is not unique",
				ix.Name, what, c.Name, whole, ix.short, strings.Join(ix.Names(), ", "), c.Name)
		}
	}
	return nil
}
