"""Leave-one-out rank-1 on FG-NET as published, in per cent: the table of the thesis."""

PUBLISHED = (
    ("Park et al. 2010", 37.40),
    ("Li et al. 2011", 47.50),
    ("HFA (Gong et al. 2013)", 69.00),
    ("MEFA (Gong et al. 2015)", 76.20),
    ("CAN (Xu et al. 2017)", 86.50),
    ("LF-CNN (Wen et al. 2016)", 88.10),
    ("AIM (Zhao et al. 2019)", 93.20),
    ("DAL (Wang et al. 2019)", 94.50),
    ("the thesis", 94.61),
)
