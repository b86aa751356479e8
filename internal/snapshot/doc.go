// Package snapshot has the text form of a declared schema: the tables of models, as they are to be in a database, in a
// file that is checked in and read in a diff.
//
// # Form
//
// The text is UTF-8, in lines. A line that begins with # is a comment, and empty lines mean nothing. The first other
// line is "prom schema 1", with the version of the form. A table begins with a line without an indent; the lines of
// what it has are behind it, indented by a tab:
//
//	table NAME [audit] [partition]        view NAME [materialized]
//		column NAME KIND [options]
//		foreign key [on=COLUMN]… table=NAME [to=COLUMN]… [options]
//		index NAME [unique] [on=COLUMN [desc]]… [options]
//		primary key [on=COLUMN]…
//
// A line is words, with one space between two of them. A word is a name or a flag, or an option: a name, "=" and a
// value. Names and values that are not plain are Go strings in double quotes: those with other characters than letters,
// digits and _ . - + : and empty ones. An option that occurs several times is a list in its order.
//
// Tables are sorted by name, and the lines of a table as texts. So the text does not depend on the order of models and
// fields.
//
// A partitioned table has the options partition= (day, week, month, year or hash), on= and, by hash, partitions=. A
// table that Citus distributes has distribute= with its column, or everywhere.
//
// KIND is the name of a [schema.Kind]; "[]" behind it is for a list, once for each dimension. The options of columns,
// in their order:
//
//	null                 NULL is allowed
//	auto                 the database counts it up
//	precision=, scale=   of a decimal: digits in all, and behind the point
//	range=, multi        of a range: the kind of its bounds; it is a multirange
//	nocase, folded       it ignores case; and does so by an expression
//	type=                its PostgreSQL type
//	enum=, value=…       its enum type on PostgreSQL, with the values of it
//	stored=              how other programs store it on SQLite
//	min=, max=           the limits of its CHECK, those of its Go type included
//	default=             its constant default, as in a tag
//	generated=           its expression, of a generated column
//	readonly             the database fills it
//	deleted              the time of a soft delete
//	noaudit              it is left out of the audit log
//
// The options of foreign keys are those of a tag: ondelete=, onupdate=, deferrable, deferred, notdeferrable. What the
// tag does not say is not written. Options of indexes are expr= (an expression, in the place of on=), desc behind each,
// include=…, where=, live (without soft-deleted rows), using=, ops=, nullsnotdistinct, fulltext= (the language), and
// weight=….
package snapshot
