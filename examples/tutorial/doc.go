// Package tutorial has the chapters of docs/learn: each folder is the service at the end of a chapter. The tests here
// do what the pages say.
package tutorial
