"""Which script every code point belongs to (Unicode 13, Scripts.txt), by the numbers that ICU gives the scripts."""

import base64
import zlib
from functools import cache

import numpy as np

# Runs of code points: the distance from the run before, as LEB128, and the script's number, a byte.
_RUNS = (
    "c-nndTWl2989x7+nVs8uc4xh7d)CIgzJtN|!p+7IY|}uHks&zc5>SNHkgs)ULJEmOP!fwII94GEsYr;`aCNz)Rh^Uu%B2piTIHdt)Q2`|r7917"
    "tyJZqYWq^D-%J)%MO7cZIsdu*|M|~<9i@h&qDm3nk*Ew|MYT$z67dT|bwrl3EUof#ATX5#26QqC%s}EXS&Qcq<cW255M-U#M6`32YeqY?(MRx1"
    "^(r{k^)Rbb@U^8xr-*>yIZZjbOnBn!BDwdIZf*`B&1;~W4c*h$hhWDb^bX^trO+>BAdfUaKSJJSA1ic$GIErgA>RV;VKKdo(q7RtA*KUuYNCd;"
    "O$ZFGYtyZ)n{c>hk`~kAJc7<r-)stImit-qWyweS9(0!XX06J;0fTcp%e#^>gqI<I#wFsB{2B6R$eW@3j8|EwEi-~lhPq_Zu;Vi&u9v89iE>Ni"
    "E5&Q%E0M3{R@M#Jgn55G2d{;6OA1B{`CCkm@titxG!jt9mNd*3>;4(d{S*<j6kxShL0Y-qT1#YMv^tf!3A<G%v_)FCdYrojo-S~=z|#f3ra&zU"
    "Ze@)e1x-jo>ttV}sz{z9_lwIaBduG^LKlmWCeE93Fq-N(QcjaVH`$!iD^00nE=>+nO&-?`q}x}6G1%UKwmRxo$K5)MsH@Pm(8)ZeQ>4jNXQJHk"
    "5Tv6OW=BUdN(W=8!&YX8Mq9%<Nw-7N0*lb;#Y)m<Zc_W3AU<E=(+|E>=tY&W>3{4|raw@j*ArzJei5nEcIXs!SvYAeSOB9us*JJ^yOT!gwBau<"
    "C=GW>9_cQwbkQ7L8tK}{pldy(V$^G;>zO3=G*5jz-vzsVF|36f;PsRsJ#=mY26s<-c_Z|43;y5|n1j52(1$UoYs;&cGOP5&I>^KV=m{UG3CfxX"
    "pe4k*2R6fepbN$`L+h5qS!ZtRhp{a~7~k%3T-fQww2bkL14j%cQbo{wA}U1~q7|(dwFj0XQEy;HCQ(ItLm;vmB33l1gBsQk+97DKj83I?+(U_L"
    "D>%}QL6Dr0pqgV`WB7EH<~2Jw`Vrj}e-%$gRWMW;S!qH>wX-G}k!DE~RZoP`BE@V`?^=kIkAga9FP+rt@AMFPM18Bj8xkWb+lOG;_J0S$nts@8"
    "G=eqa*TPLa{eR$;)i}CBMs&Cf>F_f_QPC&L3h6l_3SBXCS~;PqSS<1k3O+~YY0a8Pm9AluS&JdL$Ea4;DyvqcYqB|dR}JM#>fxGhp4+LeNO*Ud"
    "8Vdh?k-lDZ!sTZb+*f+O@gt4Av-jvuII1~%f<{;Y9l7X?{MGcTqNgA2hx7CXB8`++-m+B57I~@_{!@};RE~}DCK>Z!j_C&8Izq7{bixP|XvAzN"
    "zq}rGFIxv|;rVo31^0~-F=rw-kjP{#o2jh_S*8#2&fM${q;s_}bG>+VB>WpISU7?9$VS?*U{%vv)y&pvdcRs%;OXxm)PJRIkkv!bdL<U>I7+ke"
    "D<p8VYN4*xgb7oVT~EdFKpCoBX=i?oM{{*4O#>P^DtjNSg^CIjo?_+dO+$LAMK8tm^7h^g*8(*69)XoaPHa3k*g_7*8KbmYb&24pJV~2<vlkgg"
    "KigVkE8Iq-svg!Z=H-e;$O>7@a<eu-r@M7oPaku#kJ|r`YcXD52<Pl__-6%g$@mTC|9B0&aR;ZRn_71BE!|59R&UarA7Vc^<i1sYvjpc&7d;oK"
    "?*$F(g0;H=#%|ePgtcEVw7q<y4(5qG^ogYd46^~A8DO3bFoy=1_8iRt*6{(R^lRle$|xW1fO$9#_t}*&p0!_Oj=t!;Pz~z^=SU9r5fkYnHn#5E"
    "gjJiDp^C6Kr>;}|>mDv?%}BZ1NwA&W)foF3H*R!d`_CJYzsaN-9)mgDh|I7&KLY=GKIL=-`!p@_925Py9Gr6<aNpg_5}$|veh%{f5)9AML9;Z$"
    "EFUn-6rW|SIyngIB>ASfHq9nE%}|=AQKos8v`jM&M5f)!4)vL4iz6(a(1gJg-<1#cKt8b0c;+EEXZQlSv=aJKJDM*(2>)VSTdPq0-T>_PJghul"
    "4}CrZ^L!R}<tJ<K_}k-1zb*3=IM1id)2{QpdcH9k^*pUO?_tAjs&|_SaN9@yN4)35aV+@30H*X67O^W`L;&v!<L7D_`YPXWHNd7hzGIHU=9a*i"
    "lM3y^nWIkESO~9ieyy!CreI(5a9#g2!VP(azY#5csA`dYGd7;s_cUZ5%m2P#3GNg&&QZyYE<P=N|5Fn;*B`yf7JZ6dJH<>trLp%IBlB1a-Y9#?"
    "DBJZY^%&((!Dux;v_9UAeS1b>?x8{UgczEUcSPw=1b)c6IP<S=I5U%}Pd+oyIpgA=57tQjj7D$XKv=^ct9OnYcr`cmB&;bW&lE#$iq&K)u77`S"
    "SN{;EU<VWT0d|y79HrS&8pTwDs0}t?Mig5j>%FTYOo{qBQ*a}plT_EqXvR$;u3Je$iyBU90&8q#-jK}sSDT#qGVy;OGtS1Jz5~ZCWDaoiKnB0_"
    "`nlU5LMJ1w+;8Cza*O$Yi^b;_&2>xT3w>ubtUH29@A$8&#qlf_U1sOJ%<an>CsXQc*sRv#m!f&Et|xT-gUc!w|LD@b$$IkBixgp2=r3V><@{H1"
    "Z!eZ%S7hCj7t0P|B{HmpUe5DxXvN<E^*Alb$`<#_1Z_0^j|Kgzn2#-5l^mjfNCzqv+y0L>J4xJHV;mwo|2b&ueA3g{N#a_pnC+@D@x_=rOtISt"
    "*5b6H#b|Vc71W~9V-MQNXz(f<i`4gGkF7!*r5tm@&ws1Y9DZD8Sbfgtg-5#(gdeTO*}CwIiNE;aZ`yJFPi!%0RC_Tg@`d0(rq)LA"
)  # fmt: skip

_NAMES = """
0:Common 1:Inherited 2:Arabic 3:Armenian 4:Bengali 5:Bopomofo 6:Cherokee 7:Coptic 8:Cyrillic 9:Deseret
10:Devanagari 11:Ethiopic 12:Georgian 13:Gothic 14:Greek 15:Gujarati 16:Gurmukhi 17:Han 18:Hangul 19:Hebrew
20:Hiragana 21:Kannada 22:Katakana 23:Khmer 24:Lao 25:Latin 26:Malayalam 27:Mongolian 28:Myanmar 29:Ogham
30:Old_Italic 31:Oriya 32:Runic 33:Sinhala 34:Syriac 35:Tamil 36:Telugu 37:Thaana 38:Thai 39:Tibetan
40:Canadian_Aboriginal 41:Yi 42:Tagalog 43:Hanunoo 44:Buhid 45:Tagbanwa 46:Braille 47:Cypriot 48:Limbu
49:Linear_B 50:Osmanya 51:Shavian 52:Tai_Le 53:Ugaritic 55:Buginese 56:Glagolitic 57:Kharoshthi 58:Syloti_Nagri
59:New_Tai_Lue 60:Tifinagh 61:Old_Persian 62:Balinese 63:Batak 65:Brahmi 66:Cham 71:Egyptian_Hieroglyphs
75:Pahawh_Hmong 76:Old_Hungarian 78:Javanese 79:Kayah_Li 82:Lepcha 83:Linear_A 84:Mandaic
86:Meroitic_Hieroglyphs 87:Nko 88:Old_Turkic 89:Old_Permic 90:Phags_Pa 91:Phoenician 92:Miao 99:Vai
101:Cuneiform 104:Carian 106:Tai_Tham 107:Lycian 108:Lydian 109:Ol_Chiki 110:Rejang 111:Saurashtra
112:SignWriting 113:Sundanese 115:Meetei_Mayek 116:Imperial_Aramaic 117:Avestan 118:Chakma 120:Kaithi
121:Manichaean 122:Inscriptional_Pahlavi 123:Psalter_Pahlavi 125:Inscriptional_Parthian 126:Samaritan
127:Tai_Viet 130:Bamum 131:Lisu 133:Old_South_Arabian 134:Bassa_Vah 135:Duployan 136:Elbasan 137:Grantha
140:Mende_Kikakui 141:Meroitic_Cursive 142:Old_North_Arabian 143:Nabataean 144:Palmyrene 145:Khudawadi
146:Warang_Citi 149:Mro 150:Nushu 151:Sharada 152:Sora_Sompeng 153:Takri 154:Tangut 156:Anatolian_Hieroglyphs
157:Khojki 158:Tirhuta 159:Caucasian_Albanian 160:Mahajani 161:Ahom 162:Hatran 163:Modi 164:Multani
165:Pau_Cin_Hau 166:Siddham 167:Adlam 168:Bhaiksuki 169:Marchen 170:Newa 171:Osage 175:Masaram_Gondi 176:Soyombo
177:Zanabazar_Square 178:Dogra 179:Gunjala_Gondi 180:Makasar 181:Medefaidrin 182:Hanifi_Rohingya 183:Sogdian
184:Old_Sogdian 185:Elymaic 186:Nyiakeng_Puachue_Hmong 187:Nandinagari 188:Wancho 189:Chorasmian 190:Dives_Akuru
191:Khitan_Small_Script 192:Yezidi
"""


@cache
def _table():
    """The first code point of each run, and the run's script."""
    raw = zlib.decompress(base64.b85decode(_RUNS))
    starts, scripts, place, start = [], [], 0, 0
    while place < len(raw):
        shift = 0
        while True:
            byte = raw[place]
            place += 1
            start += (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        starts.append(start)
        scripts.append(raw[place])
        place += 1
    return np.array(starts, np.int64), np.array(scripts, np.int32)


def scripts_of(codes):
    """The number of each code point's script, int32; -1 for a number that is no code point."""
    codes = np.asarray(codes)
    known = (codes >= 0) & (codes <= 0x10FFFF)
    if codes.size > 1000:
        return np.where(known, _by_code()[np.where(known, codes, 0)], np.int32(-1))
    starts, scripts = _table()
    return np.where(known, scripts[np.searchsorted(starts, codes, "right") - 1], np.int32(-1))


@cache
def _by_code():
    """The script of every code point: for long texts."""
    starts, scripts = _table()
    return np.repeat(scripts, np.diff(starts, append=0x110000)).astype(np.uint8)


@cache
def _numbers():
    return {name: int(number) for number, _, name in (word.partition(":") for word in _NAMES.split())}


def ranges_of(name):
    """The (first, last) code points of a script by its long name, such as "Greek"; None if there is none."""
    number = _numbers().get(name)
    if number is None:
        return None
    starts, scripts = _table()
    ends = np.append(starts[1:], 0x110000) - 1
    chosen = scripts == number
    return list(zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True))
