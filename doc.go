// Package prom stores structs in PostgreSQL and SQLite. A program declares a struct, names a database and works: tables
// and columns are created when they are first needed, queries are checked by the compiler, and the same program runs on
// an embedded file and on a server. There is no code to generate and no migration to run first.
//
// # A model and its repo
//
// A model is a struct, usually one that embeds [Model], which brings a key, the times of creation and update, and
// change tracking. Each exported field is a column; the struct tag prom gives it a name, rules and indexes. A [Repo]
// stores the values of a model:
//
//	type Book struct {
//		prom.Model            // ID, Created and Updated
//		Title      string     `prom:"size=1..200,index"`
//		Author     string     `prom:"nonempty"`
//		Pages      int        `prom:"min=1"`
//		Read       *time.Time // a pointer may be NULL
//	}
//
//	var books = prom.NewRepo[Book]()
//
// The tag's grammar and options are described in docs/tags.md, and listed by schema.Options. Repos are made once, in
// package variables or in services that embed them and add queries of their own; see the example of [Repo].
//
// # Naming a database
//
// A DSN names a database; its fragment, when there is one, is the name of the connection. The environment variable
// PROM_DSN, and PROM_DSN_1, PROM_DSN_2 and so on, are read when a connection is first asked for that was not opened by
// hand with [Open]:
//
//	PROM_DSN=sqlite:///var/lib/app/app.db
//	PROM_DSN_1=postgres://app:secret@db.example.org/app?sslmode=require#stats
//
// A repo uses the default connection, the one without a name, unless [On] names another or [Using] binds it to one.
// Nothing connects before the first operation. [Close] closes everything.
//
// # Creating, reading and writing
//
// [Repo.Create] inserts, and the value is then what was stored, with its key; [Repo.CreateMany] does so for any number
// of values, all or none of them. [Repo.Get] finds by key, [Repo.Load] by a key or by unique fields. [Repo.Save]
// updates what was loaded and inserts what is new; an update writes the columns that changed and no others, also when a
// slice or map was changed in place. [Repo.Upsert] inserts, or updates the row that is there. [Repo.Delete] deletes. A
// row that is gone is [ErrNotFound], never a silent success.
//
// A [Batch] collects operations on repos of one connection, which go to the database together and happen all or not at
// all. [BatchGets] and [WithBatchGets] let calls of Get from many goroutines share round trips.
//
// # Querying
//
// Queries are made of fields, which are declared once, by the address of a field of the model's prototype. So the field
// is tied to its struct and its type, and a wrong comparison does not compile:
//
//	var (
//		book      = prom.Proto[Book]()
//		bookPages = prom.NumberOf(book, &book.Pages)
//	)
//
// [NumberOf], [TextOf], [TimeOf], [RefOf], [JSONOf], [OrderedOf] and [FieldOf] take fields that are the value itself,
// their forms that begin with Null take pointers, and those that begin with SQLNull take a sql.Null. Handles are needed
// for the fields that are queried by, and for no others. A [Query] never changes: it may be kept, shared between
// goroutines and built upon. It ends in [Query.All], [Query.First], [Query.Count], [Query.Exists], [Query.Each],
// [Query.Stream], [Query.Update] or [Query.Delete]. [And], [Or] and [Not] combine conditions; [Raw] and [Sqlizer] take
// what fields cannot say; [FieldByName] serves filters that arrive as text.
//
// [Query.Each] ranges over tables of any size in bounded memory. Its body may write to the same table, also in a
// transaction. [Query.Stream] is one statement, whose rows are of one snapshot; it is quicker and holds a connection
// until the loop ends.
//
// # Relations
//
// A field of type [Ref] is a column that refers to a row of another model, and one of type [Many] stands for the rows
// that refer to this one; [ManyToMany] goes through a join model, and [CompositeRef] is the row that several columns refer to
// together. [RefOf], [ManyOf], [ManyToManyOf] and [CompositeRefOf] make handles of them, and [Query.With] loads the rows:
//
//	posts.Where(PostViews.Gt(1000)).With(PostAuthor.With(AuthorPosts.OrderBy(PostAt.Desc()).Limit(3)))
//
// Each level is one round trip, however many rows there are. A reference tells its row by Get, and a Many by Rows.
//
// # Transactions
//
// [Tx], [Repo.Tx] and [DB.Tx] run a function in a transaction, which travels in the context: each call with that
// context is part of it, and no other is. A transaction inside another is a savepoint. An error or a panic rolls back
// and comes out unchanged.
//
// [AfterCommit] gives a function that is called when the outermost one has been committed.
//
// # Hooks
//
// Methods of a model, on its pointer, are called around what a repo does with its values: BeforeSave, BeforeCreate,
// BeforeUpdate, BeforeDelete, Validate, AfterCreate, AfterUpdate, AfterSave, AfterDelete and AfterLoad, all of them
//
//	func (b *Book) BeforeSave(ctx context.Context) error
//
// Those around a write are part of its transaction, which their context carries; an error undoes it and comes out
// unchanged. Validate says what is wrong with a value, by [Invalid] or [Violations], and is told together with the
// rules of the tags. Which call calls what is in docs/guide/hooks.md. Updates and deletions by query, DeleteKey and raw
// SQL call none.
//
// # Tables that make themselves
//
// When a statement finds its table, a column or the index of an upsert missing, what the model has and the database
// lacks is added, with the tables that it refers to, and the statement runs once more. Nothing is ever dropped, renamed
// or altered by itself. A column that is required and has no constant default is not added to a table that has rows:
// that is [ErrDrift], and its text says what to do. Any number of processes may do this at the same moment. Nothing
// misses an index that only makes things faster, nor a unique one that was declared on columns that are there already:
// [Install], called when the program starts, adds those. The DSN's option install=check reports what is missing instead
// of adding it, and install=off does nothing.
//
// # Errors
//
// Errors have a kind, the same on every engine, which errors.Is finds: [ErrNotFound], [ErrUnique] and so on. An [Error]
// holds the table, the columns and the constraint; [Violations] lists every rule that a value breaks, before any SQL.
// No text of an error holds a value, a DSN or a password. What the driver said is reached by errors.As and may hold
// values: mind where it is logged.
//
// # What is not there
//
// Joins follow references; rows that no reference connects are asked for by subqueries. Removals and changes of type in a
// schema that exists are steps of a [Plan], which [Apply] does when they are allowed, and never happen by themselves.
package prom
