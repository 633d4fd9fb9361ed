"""Finding what people mean: an index in memory, asked with words, pinyin, initials or English."""
