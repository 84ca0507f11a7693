"""Copies of one document: traces by part, candidates by key, likeness by pair, clusters: maps with files between, no join in memory.

traces        of a part: keys of exact copies, of laws, of bands of signatures; what chooses the copy that stays
candidates    of a range of keys: pairs of documents that share one
sets          of a part: the shingles of its documents that stand in a pair
likeness      of a range of pairs: true Jaccard similarity and containment
clusters      of all pairs that are alike: who stays, who is whose copy
"""
