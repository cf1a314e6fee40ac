"""What a photo's file says of itself, learnt before any decoder sees it.

One module a format. Each walks the file's parts in bounded steps and passes on only those that make
the picture. May touch nothing outside the standard library.
"""
