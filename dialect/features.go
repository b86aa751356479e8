package dialect

// Features are the differences between engines that are not text.
type Features struct {
	NumberedArgs bool // arguments are written $1, $2 …, not ?
	MaxArgs      int  // the most arguments that one statement takes
	ErrorAborts  bool // inside a transaction, an error refuses every further statement until a savepoint is rolled back to
	NullsFirst   bool // an ascending order puts NULLs first unless it says otherwise
	ManyWriters  bool // transactions that write may run at the same time
	DeferredRefs bool // CREATE TABLE may refer to a table that does not exist yet
	BareRefs     bool // a reference that is added to a table has no default
	DefaultInRow bool // VALUES takes the word DEFAULT for one value; else NULL makes the database count a key up
	SignedOnly   bool // an integer above 1<<63-1 cannot be stored
	FoldNames    bool // names that differ only in the case of the letters A to Z are the same name
	FTS5         bool // a full-text index is a table of FTS5 with triggers
	SearchPath   bool // tables live in schemas that a search path names
	LocalRefs    bool // a foreign key reaches no other schema
	NoCaseASCII  bool // nocase is a collation that ignores the case of A to Z alone
	// texts that ignore case are compared by an expression: Operand, on both sides; see schema.Column.Folded
	FoldsTexts bool
	KeysReturn bool // a key that the database makes may be one that a deleted row had
	NullsEqual bool // a unique index may take NULLs for equal
	LastKey    bool // the driver knows the key of the last row inserted, and what is inserted is what is stored
	// MatchLike reads all rows, so that MatchPrefix of what a pattern begins with is a condition of its own
	LikeScans    bool
	Comments     bool // who watches the server sees the comments of statements
	DistinctSort bool // an aggregate of different values takes them in their order, and must not be told so
	JSONLast     bool // the last element of a list is [last] in a path of JSON, not [#-1]
	Lateral      bool // a subquery in FROM may speak of what stands before it
	// StoresGenerated says that a generated column which is added to a table is computed for all its rows at once,
	// while nobody uses it.
	StoresGenerated bool
	Materialized    bool   // there are materialized views
	StorageClasses  bool   // each value of a column has a type of its own, as schema.Any needs
	Overriding      string // behind the columns of an INSERT: identity columns take values in any case; "" for nothing
	// KeyAlone says that the generated column of a key of several columns is the primary key by itself, and alone can
	// be what ON CONFLICT names.
	KeyAlone    bool
	SeesUpdated bool // a subquery among the values of an update sees the rows that the update has changed already

	// Conflicted is a condition that always holds, for the rows that an upsert updates: it notes that there is such a
	// row. Inserted is an expression that tells a row which was inserted from one for which that was noted; "" when the
	// driver tells. Each has one argument then, a number that is the same for both and another one for each statement.
	Conflicted, Inserted string

	// InsertedEach is Inserted in a statement of several rows: it forgets what was noted, so that the next row begins
	// anew. It has no argument where Inserted is "".
	InsertedEach string
}
