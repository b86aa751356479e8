// Package render makes the statements on a table, in one dialect, of the nodes of package ast. [Statements] has a
// method for each kind of statement: reads ([Statements.Select], [Statements.SelectEach], [Statements.SelectLinked],
// [Statements.Count]), inserts and upserts, updates and deletes, copies and claims. They return the text and the
// arguments, which are never in it.
//
// A text is rendered through squirrel, once for each shape ([ast.Shape]): the operators, columns and numbers of
// arguments of a statement, never its values. The text of a shape is kept in a bounded cache.
package render
