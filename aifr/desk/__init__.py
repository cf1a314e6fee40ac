"""Where requests about cases are answered: ties `aifr.endpoint` to `aifr.casebook`.

One module a concern: who is let in, what a form says, what each role sees, and the answers.
"""
