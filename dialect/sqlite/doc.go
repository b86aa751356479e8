// Package sqlite writes the SQL of SQLite, version 3.54, that of the driver that this module requires. It is pure: it
// knows no driver and runs nothing.
//
// # Stored forms
//
// SQLite has five storage classes. What a column holds beyond them is text, in forms whose order as text is the order
// of the values: a time is [TimeLayout] in UTC, a date [DateLayout], a time of day [ClockLayout], a UUID its canonical
// text in lower case. A decimal is its digits, with all those of the scale; its order needs the collation
// [DecimalCollation], which the connection must register. A bool is 0 or 1.
//
// # Lists
//
// The argument of [Dialect.In] is the text of a JSON array: numbers for integers and floats (9e999 for infinity), true
// and false for bools, and strings for everything else, a []byte in hexadecimal digits and JSON as its text.
package sqlite
