"""What documents share with benchmarks: an index of the benchmarks, hits by part, and the count of both directions.

index         of all benchmarks: their n-grams, and the items that have each
hits          of a part of documents: which n-gram stands in which document
tally         of all parts: which n-grams are common, what is said of each document, of each item, of each benchmark
"""
