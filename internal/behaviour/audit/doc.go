// Package audit holds the behaviour tests of the audit log. It has no code of its own.
package audit
