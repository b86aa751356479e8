// Package jsontext works on the texts of JSON documents, as they are stored: what is in them that a database or encoding/json does not take,
// the last of equal keys, and changes that leave the rest of a document as it is. encoding/json knows none of these, since it forgets
// the text.
package jsontext
