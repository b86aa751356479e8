// Package prom stores Go structs in PostgreSQL and SQLite. A program declares a struct, names a database, and works:
// prom creates tables and columns when they are first needed, the compiler checks the queries, and the same program
// runs on an embedded file and on a server. There is no code to generate, and no migration to run first.
//
// # Models and repositories
//
// A model is a struct. Usually it embeds [Model], which has a primary key, the times of creation and update, and
// change tracking. Each exported field is a column. The struct tag prom gives a column a name, rules and indexes. A
// [Repo] stores the values of a model:
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
// docs/tags.md describes the grammar and the options of the tag; schema.Options lists them. Create repos once, in
// package variables or in services that embed them and add their own queries; see the example of [Repo].
//
// # Connections and DSNs
//
// A DSN names a database. Its fragment, if there is one, is the name of the connection. prom reads the environment
// variables PROM_DSN, PROM_DSN_1, PROM_DSN_2 and so on, when the program first uses a connection that it has not
// opened by [Open]:
//
//	PROM_DSN=sqlite:///var/lib/app/app.db
//	PROM_DSN_1=postgres://app:secret@db.example.org/app?sslmode=require#stats
//
// A repo uses the default connection, which has no name, unless [On] names another one or [Using] binds the repo to
// one. prom connects at the first operation, and not before. [Close] closes all connections. docs/dsn.md describes the
// options, such as those of the connection pool, timeouts and TLS.
//
// # Create, read, update, delete
//
// [Repo.Create] inserts a value; the value then holds what was stored, with its key. [Repo.CreateMany] inserts any
// number of values, all or none. [Repo.Get] finds a row by its key, [Repo.Load] by its key or by unique fields.
// [Repo.Save] updates a value that was loaded, and inserts a new one. An update writes the columns that changed and no
// others; it also finds changes inside slices and maps. [Repo.Upsert] inserts a row, or updates the existing one.
// [Repo.Delete] deletes. If the row does not exist, the error is [ErrNotFound].
//
// A [Batch] collects operations on repos of one connection. They go to the database together, and happen all or not at
// all. [BatchGets] and [WithBatchGets] let calls of Get from many goroutines share statements (request coalescing).
//
// # Queries
//
// Queries are made of fields. A field is declared once, by the address of a field in the model's prototype. So a field
// knows its model and its type, and a wrong comparison does not compile:
//
//	var (
//		book      = prom.Proto[Book]()
//		bookPages = prom.NumberOf(book, &book.Pages)
//	)
//
// [NumberOf], [TextOf], [TimeOf], [RefOf], [JSONOf], [ListOf], [OrderedOf] and [FieldOf] are for fields that are not
// pointers. Their forms with Null, such as [NullTextOf] and [NullOf], are for pointers; those with SQLNull are for a
// sql.Null. Only the fields that appear in queries need a declaration.
//
// A [Query] never changes. It may be stored, shared between goroutines, and extended. [Query.All], [Query.First],
// [Query.One], [Query.Count], [Query.Exists], [Query.Each], [Query.Stream], [Query.Page], [Query.KeysetPage],
// [Query.Update], [Query.Delete] and others run it. [And], [Or] and [Not] combine conditions. [Select] and [Pluck]
// read expressions and aggregates. [Raw] and [Sqlizer] are conditions in SQL. [FieldByName] and [NewFilter] are for
// conditions that arrive as text.
//
// [Query.Each] ranges over a table of any size in bounded memory. Its body may write to the same table, in a
// transaction too. [Query.Stream] is one statement, whose rows are from one snapshot. It is faster, and holds a
// connection until the loop ends.
//
// # Relations and eager loading
//
// A field of type [Ref] is a foreign key: a column that refers to a row of another model. A field of type [Many]
// stands for the rows that refer to this row. [ManyToMany] is a relation through a join model. [CompositeRef] is the
// row that several columns refer to together. [RefOf], [ManyOf], [ManyToManyOf] and [CompositeRefOf] declare
// relations, and [Query.With] loads their rows:
//
//	posts.Where(PostViews.Gt(1000)).With(PostAuthor.With(AuthorPosts.OrderBy(PostAt.Desc()).Limit(3)))
//
// Each relation takes one statement, however many rows there are (no N+1 queries). On PostgreSQL the relations of one
// level take one round trip. Get returns the row of a reference, and Rows those of a Many. Both panic if the relation
// was not loaded.
//
// # Transactions
//
// [Tx], [Repo.Tx] and [DB.Tx] run a function in a transaction. The function gets a context that carries the
// transaction: each call with this context is part of it, and no other call is. A transaction inside another one is a
// savepoint. An error or a panic rolls back, and is returned unchanged.
//
// [AfterCommit] registers a function that is called after the outermost transaction has been committed.
//
// # Hooks and validation
//
// A repo calls these methods of a model before and after it reads or writes values: BeforeSave, BeforeCreate,
// BeforeUpdate, BeforeDelete, Validate, AfterCreate, AfterUpdate, AfterSave, AfterDelete and AfterLoad. They have a
// pointer receiver and this form:
//
//	func (b *Book) BeforeSave(ctx context.Context) error
//
// The Before and After hooks of a write are part of its transaction, which their context carries. Their error rolls
// back the write and is returned unchanged. Validate reports what is wrong with a value, by [Invalid] or [Violations];
// its violations are returned together with those of the tags. docs/guide/hooks.md shows which call runs which hooks.
// Updates and deletes by query, [Repo.DeleteKey] and raw SQL that writes run none.
//
// # Automatic schema installation
//
// When a statement finds that its table, a column or the index of an upsert is missing, prom adds what the model has
// and the database lacks, with the tables that it refers to. Then the statement runs once more. Any number of
// processes may do this at the same moment.
//
// By itself prom drops, narrows and rewrites nothing. It renames only what the tag option was names. On PostgreSQL it
// relaxes a NOT NULL or a CHECK of its own that refuses a value which the model allows. A required column without a
// constant default is not added to a table that has rows: that is [ErrDrift], and its text says what to do.
//
// No statement fails for a missing index on existing columns, unique or not, except an upsert that needs it. [Install]
// adds such indexes; call it when the program starts. With install=check in the DSN, prom reports what is missing
// instead of adding it. With install=off it does nothing.
//
// # Schema changes by plans
//
// [Plan] compares the models with the database and lists the steps for every other change, with their SQL and their
// risk: changes of types, constraints and indexes, and removals. [Apply] runs the steps of the risks that it is given.
// [Check] reports the differences. docs/schema.md describes this.
//
// # Types
//
// docs/guarantees.md lists how each Go type is stored. Slices of texts, numbers, booleans, times and UUIDs are arrays
// on PostgreSQL and JSON on SQLite. Structs, maps and other slices are JSON. [RegisterCodec] stores a type in a form
// of its own.
//
// # Errors
//
// Errors have a kind, which is the same on both engines. errors.Is finds it: [ErrNotFound], [ErrUnique] and so on. An
// [Error] holds the table, the columns and the constraint. [Violations] lists every rule that a value breaks, before
// any SQL. The text of an error never holds a value, a DSN or a password. errors.As finds the driver's error, which
// may hold values: be careful where you log it.
//
// # Limits
//
// Joins follow references; for other rows use subqueries ([Exists], [CorrelatedSubquery]) or SQL of your own. Keyset
// pages cannot be ordered at random or by window functions. Indexes other than B-trees, such as GIN indexes on arrays
// and JSON, need SQL of your own. A plan does not move values from one column to another. No transaction spans two
// databases.
package prom
